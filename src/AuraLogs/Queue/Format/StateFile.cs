using AuraLogs.Queue.Disk;

namespace AuraLogs.Queue.Format;

/// <summary>
/// The file <c>state</c>: two slots of 4,096 bytes. A state is written over the slot that does not hold the newest one, so that a torn
/// write leaves the state before, in the first write after a start too. Its size never changes, so that it can be written on a full disk.
/// </summary>
internal sealed class StateFile : IDisposable
{
    public const string Name = "state";
    public const int SlotSize = 4096;
    public const int Size = 2 * SlotSize;

    private readonly IQueueFile _file;
    private readonly byte[] _slot = new byte[SlotSize];
    private long _next;

    private StateFile(IQueueFile file, long next) => (_file, _next) = (file, next);

    /// <summary>Opens it, or creates it at its full size with nothing in it.</summary>
    /// <exception cref="IOException">It can't be read, or not be created.</exception>
    public static StateFile Open(IQueueDisk disk)
    {
        if (disk.Exists(Name))
        {
            var existing = disk.Open(Name);
            return new StateFile(existing, OtherThan(Newest(existing)?.Offset ?? SlotSize));
        }

        var file = disk.Create(Name);
        file.Write(new byte[Size], 0);
        return new StateFile(file, 0);
    }

    /// <summary>The newer intact slot; null when there is no file or both are damaged.</summary>
    /// <exception cref="IOException">
    /// It can't be read. One slot that is intact is enough: its position is at most a second older, and no segment is given back before
    /// both have a position behind it.
    /// </exception>
    public static QueueState? TryRead(IQueueDisk disk)
    {
        if (!disk.Exists(Name))
            return null;
        using var file = disk.OpenToRead(Name);
        return Newest(file)?.State;
    }

    /// <summary>Removes a file that can't be read and that a person has given up, so that it can be created anew.</summary>
    public static void RemoveUnreadable(IQueueDisk disk)
    {
        try
        {
            TryRead(disk);
        }
        catch (IOException)
        {
            disk.Delete(Name);
        }
    }

    private static (QueueState State, long Offset)? Newest(IQueueFile file)
    {
        Span<byte> slot = stackalloc byte[QueueState.Size];
        (QueueState State, long Offset)? newest = null;
        IOException? unreadable = null;
        for (long offset = 0; offset < Size; offset += SlotSize)
        {
            try
            {
                if (QueueState.TryRead(slot[..file.Read(slot, offset)]) is { } state && state.Number >= (newest?.State.Number ?? 0))
                    newest = (state, offset);
            }
            catch (IOException e)
            {
                unreadable = e;
            }
        }

        return newest is null && unreadable is not null ? throw new IOException(unreadable.Message, unreadable) : newest;
    }

    private static long OtherThan(long offset) => SlotSize - offset;

    /// <summary>Writes a state, synced, over the older slot.</summary>
    public void Write(QueueState state)
    {
        state.Write(_slot);
        _file.Write(_slot, _next);
        _next = OtherThan(_next);
    }

    public void Dispose() => _file.Dispose();
}
