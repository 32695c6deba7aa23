using AuraLogs.Queue.Damage;

namespace AuraLogs.Queue.Disk;

/// <summary>
/// A disk on which blocks that can't be read are zeros: for the one start for which a person has given up what can't be read
/// (<see cref="GiveUp"/>). What depends on them is damaged then, like anything else that is not as it was written.
/// </summary>
internal sealed class UnreadableAsZeros(IQueueDisk disk) : IQueueDisk
{
    public long AvailableBytes => disk.AvailableBytes;

    public IReadOnlyList<DiskFile> List(string directory) => disk.List(directory);

    public bool Exists(string name) => disk.Exists(name);

    public IQueueFile Open(string name) => new File(disk.Open(name));

    public IQueueFile OpenToRead(string name) => new File(disk.OpenToRead(name));

    public IQueueFile Create(string name) => disk.Create(name);

    public void Delete(string name) => disk.Delete(name);

    public void Move(string name, string newName) => disk.Move(name, newName);

    public void Dispose() => disk.Dispose();

    private sealed class File(IQueueFile file) : IQueueFile
    {
        private const int Block = 4096;

        public long Length => file.Length;

        public void Write(ReadOnlySpan<byte> bytes, long offset) => file.Write(bytes, offset);

        public int Read(Span<byte> destination, long offset)
        {
            try
            {
                return file.Read(destination, offset);
            }
            catch (IOException)
            {
                return ReadByBlocks(destination[..(int)Math.Clamp(file.Length - offset, 0, destination.Length)], offset);
            }
        }

        public void Truncate(long length) => file.Truncate(length);

        public void Dispose() => file.Dispose();

        private int ReadByBlocks(Span<byte> destination, long offset)
        {
            for (var done = 0; done < destination.Length;)
            {
                var length = (int)Math.Min(Block - ((offset + done) % Block), destination.Length - done);
                var block = destination.Slice(done, length);
                try
                {
                    file.Read(block, offset + done);
                }
                catch (IOException)
                {
                    block.Clear();
                }

                done += length;
            }

            return destination.Length;
        }
    }
}
