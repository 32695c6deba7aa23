using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Format;

namespace AuraLogs.Queue;

/// <summary>
/// The file <c>state</c>: two slots of 4,096 bytes, written in turn, so that a torn write leaves the one before.
/// Its size never changes, so that it can be written on a full disk.
/// </summary>
internal sealed class StateFile : IDisposable
{
    public const string Name = "state";
    public const int SlotSize = 4096;
    public const int Size = 2 * SlotSize;

    private readonly IQueueFile _file;
    private readonly byte[] _slot = new byte[SlotSize];

    private StateFile(IQueueFile file) => _file = file;

    /// <summary>Opens it, or creates it at its full size with nothing in it.</summary>
    public static StateFile Open(IQueueDisk disk)
    {
        if (disk.Exists(Name))
            return new StateFile(disk.Open(Name));
        var file = disk.Create(Name);
        file.Write(new byte[Size], 0);
        return new StateFile(file);
    }

    /// <summary>The newer intact slot; null when there is no file or both are damaged.</summary>
    public static QueueState? TryRead(IQueueDisk disk)
    {
        if (!disk.Exists(Name))
            return null;
        using var file = disk.Open(Name);
        Span<byte> slot = stackalloc byte[QueueState.Size];
        QueueState? newest = null;
        for (var offset = 0; offset < Size; offset += SlotSize)
        {
            if (TryRead(file, offset, slot) is { } state && state.Number >= (newest?.Number ?? 0))
                newest = state;
        }

        return newest;
    }

    /// <summary>A slot that the disk fails to read is as good as a damaged one.</summary>
    private static QueueState? TryRead(IQueueFile file, long offset, Span<byte> slot)
    {
        try
        {
            return QueueState.TryRead(slot[..file.Read(slot, offset)]);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Writes a state, synced, over the older slot.</summary>
    public void Write(QueueState state)
    {
        state.Write(_slot);
        _file.Write(_slot, state.Number % 2 * SlotSize);
    }

    public void Dispose() => _file.Dispose();
}
