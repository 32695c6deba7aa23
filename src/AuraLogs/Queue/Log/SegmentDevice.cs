using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Format;
using FASTER.core;

namespace AuraLogs.Queue.Log;

/// <summary>
/// FasterLog's device: keeps what FasterLog wants written until <see cref="WritePending"/>, and writes it to segment
/// files, synced, the lowest address first, so that nothing is on disk before everything below it is.
/// FasterLog's addresses begin at 0 in every run; <paramref name="origin"/> is where that is in the queue.
/// It never reads and never removes: the queue does both itself.
/// </summary>
internal sealed unsafe class SegmentDevice(
    IQueueDisk disk, SegmentSet segments, SpareSegments spares, QueueLayout layout, long origin, Func<QueueState> state) : IDevice
{
    private readonly Lock _lock = new();
    private readonly List<PendingWrite> _pending = [];
    private IQueueFile? _file;
    private long _start;
    private long _end;

    public uint SectorSize => 512;

    public string FileName => SegmentSet.Directory;

    public long Capacity => Devices.CAPACITY_UNSPECIFIED;

    public long SegmentSize { get; private set; } = -1;

    public int StartSegment => 0;

    public int EndSegment => 0;

    public int ThrottleLimit { get; set; } = int.MaxValue;

    public void Initialize(long segmentSize, LightEpoch epoch, bool omitSegmentIdFromFilename) => SegmentSize = segmentSize;

    public void WriteAsync(IntPtr alignedSourceAddress, ulong alignedDestinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context)
    {
        lock (_lock)
            _pending.Add(new PendingWrite(alignedSourceAddress, origin + (long)alignedDestinationAddress, (int)numBytesToWrite, callback, context));
    }

    public bool HasPending
    {
        get
        {
            lock (_lock)
                return _pending.Count > 0;
        }
    }

    /// <summary>Writes what is waiting, and what FasterLog adds meanwhile. One caller at a time.</summary>
    /// <exception cref="IOException">The disk failed. The device is of no more use.</exception>
    public void WritePending()
    {
        while (TryTakeLowest(out var write))
        {
            try
            {
                Write(write.Address, new ReadOnlySpan<byte>((void*)write.Source, write.Length));
            }
            catch (Exception e) when (DiskError.IsRefusal(e))
            {
                write.Callback(1, 0, write.Context);
                throw;
            }

            write.Callback(0, (uint)write.Length, write.Context);
        }
    }

    /// <summary>Begins the segment at the address, in a spare file or a new one: also the proof that a disk works again.</summary>
    public void BeginSegment(long address)
    {
        _file?.Dispose();
        _file = null;
        segments.Add(new Segment(address, address));
        _start = address;
        _end = address;
        var header = new SegmentHeader(address, layout.PageSize, state());
        if (spares.TryTake(header) is { } spare)
        {
            (_file, _end) = spare;
            segments.Resize(_end);
            spares.Count();
        }
        else
        {
            CreateSegment(header);
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Write(long address, ReadOnlySpan<byte> bytes)
    {
        if (_file is null || (address % layout.PageSize == 0 && address >= _end && address - _start >= layout.SegmentSize))
            BeginSegment(address);
        if (address + bytes.Length > _end)
        {
            _end = address + bytes.Length;
            segments.Resize(_end);
        }

        _file!.Write(bytes, SegmentHeader.Size + (address - _start));
    }

    private void CreateSegment(SegmentHeader header)
    {
        var file = disk.Create(new Segment(header.Start, header.Start).Name);
        try
        {
            Span<byte> bytes = stackalloc byte[SegmentHeader.Size];
            header.Write(bytes);
            file.Write(bytes, 0);
            _file = file;
        }
        finally
        {
            if (_file is null)
                file.Dispose();
        }
    }

    private bool TryTakeLowest(out PendingWrite lowest)
    {
        lock (_lock)
        {
            lowest = default;
            if (_pending.Count == 0)
                return false;
            var index = 0;
            for (var i = 1; i < _pending.Count; i++)
            {
                if (_pending[i].Address < _pending[index].Address)
                    index = i;
            }

            lowest = _pending[index];
            _pending.RemoveAt(index);
            return true;
        }
    }

    private readonly record struct PendingWrite(IntPtr Source, long Address, int Length, DeviceIOCompletionCallback Callback, object Context);

    // What FasterLog needs only for reading, truncating and recovering by itself, which it is never asked to do here.

    public bool TryComplete() => true;

    public bool Throttle() => false;

    public long GetFileSize(int segment) => 0;

    public void Reset()
    {
    }

    public void WriteAsync(IntPtr sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context) =>
        throw new NotSupportedException();

    public void ReadAsync(int segmentId, ulong sourceAddress, IntPtr destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context) =>
        throw new NotSupportedException();

    public void ReadAsync(ulong alignedSourceAddress, IntPtr alignedDestinationAddress, uint aligned_read_length, DeviceIOCompletionCallback callback, object context) =>
        throw new NotSupportedException();

    public void TruncateUntilAddressAsync(long toAddress, AsyncCallback callback, IAsyncResult result) => throw new NotSupportedException();

    public void TruncateUntilAddress(long toAddress) => throw new NotSupportedException();

    public void TruncateUntilSegmentAsync(int toSegment, AsyncCallback callback, IAsyncResult result) => throw new NotSupportedException();

    public void TruncateUntilSegment(int toSegment) => throw new NotSupportedException();

    public void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) => throw new NotSupportedException();

    public void RemoveSegment(int segment) => throw new NotSupportedException();
}
