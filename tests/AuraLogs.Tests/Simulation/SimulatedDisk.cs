using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Log;

namespace AuraLogs.Tests.Simulation;

/// <summary>
/// A disk in memory that fails as real ones do, at the operation the simulator chooses: it loses power in the middle of an
/// operation, fails it with EIO, or runs out of space. What an interrupted write leaves is any mixture of old and new
/// bytes, sector by sector, in any order, and within a sector too. Everything that returned without an error stays.
/// </summary>
internal sealed class SimulatedDisk(Random random) : IQueueDisk
{
    private const int SectorSize = 512;

    private readonly SortedDictionary<string, SimulatedFile> _files = new(StringComparer.Ordinal);
    private bool _dead;

    public IReadOnlyDictionary<string, SimulatedFile> Files => _files;

    /// <summary>The power fails in the operation after so many; negative: never.</summary>
    public int OperationsUntilCrash { get; set; } = -1;

    /// <summary>The write after so many fails with EIO, and those after it until <see cref="FailuresLeft"/> is used up; negative: never.</summary>
    public int WritesUntilFailure { get; set; } = -1;

    public int FailuresLeft { get; set; }

    /// <summary>The read after so many fails with EIO; negative: never.</summary>
    public int ReadsUntilFailure { get; set; } = -1;

    /// <summary>Every read fails with EIO.</summary>
    public bool FailsReads { get; set; }

    /// <summary>How many reads have failed.</summary>
    public int FailedReads { get; private set; }

    /// <summary>So many operations that read, also of directories, fail with EIO: a disk that answers nothing for a while.</summary>
    public int ReadsThatFail { get; set; }

    /// <summary>So many more reads of bad blocks fail before all of them can be read again.</summary>
    public int BadReadsUntilHealed { get; set; } = int.MaxValue;

    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>The limit that must hold after every single operation.</summary>
    public long MaxBytes { get; set; } = long.MaxValue;

    /// <summary>A broken disk, to show that the simulator notices: a write returns before it is on the disk.</summary>
    public bool AcknowledgesBeforeWriting { get; set; }

    private readonly List<Action> _unwritten = [];

    public long UsedBytes => _files.Values.Sum(file => (file.Content.Length + 4095) & ~4095L);

    public long AvailableBytes => Capacity - UsedBytes;

    /// <summary>The machine runs again, with what is on the disk.</summary>
    public void PowerOn()
    {
        _dead = false;
        _unwritten.Clear();
        ReadsThatFail = 0;
        (OperationsUntilCrash, WritesUntilFailure, ReadsUntilFailure, FailuresLeft) = (-1, -1, -1, 0);
    }

    /// <summary>Somebody else writes a file.</summary>
    public void Put(string name, byte[] content) => _files[name] = new SimulatedFile { Content = content };

    /// <summary>Keeps the code of a crashed process from touching the disk while it is cleared away.</summary>
    public void PowerOff() => _dead = true;

    public IReadOnlyList<DiskFile> List(string directory)
    {
        ThrowIfDead();
        ThrowIfUnreadable();
        return
        [
            .. _files.Where(file => Path.GetDirectoryName(file.Key) == directory)
                .Select(file => new DiskFile(Path.GetFileName(file.Key), file.Value.Content.Length)),
        ];
    }

    public bool Exists(string name)
    {
        ThrowIfDead();
        ThrowIfUnreadable();
        return _files.ContainsKey(name);
    }

    public IQueueFile Open(string name)
    {
        ThrowIfDead();
        ThrowIfUnreadable();
        return new SimulatedHandle(this, _files.TryGetValue(name, out var file) ? file : throw new FileNotFoundException(name));
    }

    public IQueueFile OpenToRead(string name) => Open(name);

    public IQueueFile Create(string name)
    {
        var file = new SimulatedFile();
        Operate(() => _files[name] = file, isWrite: true);
        return new SimulatedHandle(this, file);
    }

    public void Move(string name, string newName)
    {
        ThrowIfDead();
        var file = _files.TryGetValue(name, out var found) ? found : throw new FileNotFoundException(name);
        Operate(
            () =>
            {
                _files.Remove(name);
                _files[newName] = file;
            },
            isWrite: true);
    }

    public void Delete(string name) => Operate(() => _files.Remove(name), isWrite: true);

    public void Truncate(SimulatedFile file, long length) => Operate(() => file.Content = file.Content[..(int)length], isWrite: true);

    public int Read(SimulatedFile file, Span<byte> destination, long offset)
    {
        ThrowIfDead();
        ThrowIfUnreadable();
        if (FailsReads || (ReadsUntilFailure >= 0 && ReadsUntilFailure-- == 0))
        {
            FailedReads++;
            throw new IOException("Input/output error (simulated, read)");
        }

        if (file.BadBlock is { } bad && offset < bad + (file.BadBlocks * SegmentReader.Block) && offset + destination.Length > bad)
        {
            FailedReads++;
            if (BadReadsUntilHealed-- <= 0)
                Heal();
            throw new IOException("Input/output error (simulated, bad block)");
        }

        if (offset >= file.Content.Length)
            return 0;
        var length = (int)Math.Min(destination.Length, file.Content.Length - offset);
        file.Content.AsSpan((int)offset, length).CopyTo(destination);
        return length;
    }

    public void Write(SimulatedFile file, ReadOnlySpan<byte> bytes, long offset)
    {
        ThrowIfDead();
        var copy = bytes.ToArray();
        if (AcknowledgesBeforeWriting && OperationsUntilCrash != 0)
        {
            // The process sees its write; what is on the disk after a crash does not have it.
            var before = file.Content.ToArray();
            _unwritten.Add(() => file.Content = before);
        }

        var growth = Math.Max(0, ((offset + copy.Length + 4095) & ~4095L) - ((file.Content.Length + 4095) & ~4095L));
        if (growth > AvailableBytes)
        {
            var fits = (int)Math.Clamp(((file.Content.Length + 4095) & ~4095L) - offset, 0, copy.Length);
            file.Write(copy.AsSpan(0, fits), offset);
            throw new IOException("No space left on device (simulated)");
        }

        Operate(() => file.Write(copy, offset), isWrite: true, partly: () => Tear(file, copy, offset));
    }

    public void Dispose()
    {
    }

    private void Operate(Action operation, bool isWrite, Action? partly = null)
    {
        ThrowIfDead();
        if (OperationsUntilCrash >= 0 && OperationsUntilCrash-- == 0)
        {
            _dead = true;
            Perhaps(operation, partly);
            if (AcknowledgesBeforeWriting)
            {
                foreach (var undo in Enumerable.Reverse(_unwritten).Take(3))
                    undo();
            }

            throw new SimulatedCrashException();
        }

        if (isWrite && WritesUntilFailure >= 0 && WritesUntilFailure-- <= 0)
        {
            WritesUntilFailure = --FailuresLeft > 0 ? 0 : -1;
            Perhaps(operation, partly);
            throw new IOException("Input/output error (simulated)");
        }

        operation();
        Assert.True(UsedBytes <= MaxBytes, $"{UsedBytes} bytes on the disk are more than the limit of {MaxBytes}.");
    }

    private void Perhaps(Action operation, Action? partly)
    {
        switch (random.Next(3))
        {
            case 0:
                break;
            case 1 when partly is not null:
                partly();
                break;
            default:
                operation();
                break;
        }
    }

    private void Tear(SimulatedFile file, byte[] bytes, long offset)
    {
        // Sectors reach the disk in any order, so any subset of them may be there; one of them may be torn itself.
        for (var at = 0; at < bytes.Length; at += SectorSize)
        {
            var length = Math.Min(SectorSize, bytes.Length - at);
            if (random.Next(2) == 0)
                file.Write(bytes.AsSpan(at, length), offset + at);
            else if (random.Next(4) == 0)
                file.Write(bytes.AsSpan(at, random.Next(random.Next(length) + 1)), offset + at);
        }
    }

    public void Heal()
    {
        BadReadsUntilHealed = int.MaxValue;
        foreach (var file in _files.Values)
            file.BadBlock = null;
    }

    private void ThrowIfUnreadable()
    {
        if (ReadsThatFail == 0)
            return;
        ReadsThatFail--;
        FailedReads++;
        throw new IOException("Input/output error (simulated, away)");
    }

    private void ThrowIfDead()
    {
        if (_dead)
            throw new SimulatedCrashException();
    }
}
