using AuraLogs.Memory;
using AuraLogs.MessagePack;
using AuraLogs.Queue;
using AuraLogs.Unpacking;

namespace AuraLogs.Indexing.Documents;

/// <summary>
/// The events of an entry as runs of whole events. What is not compressed is one run; what is gets unpacked through a window
/// that grows only for an event that is larger, so that memory does not depend on how well a sender compresses. It is used again for
/// entry after entry.
/// </summary>
/// <param name="memory">Where the window comes from.</param>
internal sealed class EntryEvents(MemoryBudget memory) : IDisposable
{
    private const int FirstWindow = 256 << 10;
    private const int LeastRoom = 16 << 10;

    // The way in has checked depth and size already, against its own and tighter limits.
    private const int AnyDepth = 1024;

    private QueueEntry? _entry;
    private Unpacker? _unpacker;
    private bool _isBegun;
    private MessagePackScanner _scanner;
    private PooledBuffer? _buffer;
    private Memory<byte> _window;
    private int _runEnd;
    private int _filled;
    private int _scanned;

    /// <summary>The current run; empty before the first.</summary>
    public ReadOnlyMemory<byte> Run { get; private set; }

    /// <summary>Begins with the entry, which must stay until <see cref="End"/>.</summary>
    public void Begin(QueueEntry entry)
    {
        End();
        _entry = entry;
        _isBegun = false;
    }

    /// <summary>Goes to the next run; the last one is gone with it.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="UnpackerMissingException">The system can't unpack this compression.</exception>
    /// <exception cref="InvalidDataException">The compressed data is damaged.</exception>
    /// <exception cref="MessagePackException">What was unpacked is no sequence of MessagePack values.</exception>
    public bool MoveNext()
    {
        if (_entry!.Compression == Compression.None)
        {
            Run = _isBegun ? default : _entry.Events;
            _isBegun = true;
            return !Run.IsEmpty;
        }

        Run = default;
        Open();
        MoveRestToStart();
        while (true)
        {
            if (_window.Length - _filled < LeastRoom)
                Grow();
            var read = _unpacker!.Read(_window.Span[_filled..]);
            if (read == 0)
                return _filled != 0 ? throw new MessagePackException("the last event is cut off") : false;
            _filled += read;
            if (!FindRunEnd())
                continue;
            Run = _window[.._runEnd];
            return true;
        }
    }

    /// <summary>Gives the memory back; there are no runs until the next entry.</summary>
    public void End()
    {
        _entry = null;
        _unpacker?.Dispose();
        _unpacker = null;
        _buffer?.Dispose();
        _buffer = null;
        _window = default;
        Run = default;
    }

    public void Dispose() => End();

    private void Open()
    {
        if (_isBegun)
            return;
        _unpacker = Unpacker.Open(_entry!.Events, _entry.Compression);
        _buffer = memory.Rent(FirstWindow);
        _window = _buffer.Memory;
        _scanner = new MessagePackScanner(AnyDepth, int.MaxValue);
        (_runEnd, _filled, _scanned) = (0, 0, 0);
        _isBegun = true;
    }

    private bool FindRunEnd()
    {
        var data = _window.Span[.._filled];
        while (true)
        {
            switch (_scanner.Skip(data, ref _scanned))
            {
                case ScanStatus.Done:
                    _runEnd = _scanned;
                    break;
                case ScanStatus.NeedMore:
                    return _runEnd > 0;
                default:
                    throw new MessagePackException("what was unpacked is no sequence of events");
            }
        }
    }

    private void MoveRestToStart()
    {
        _window[_runEnd.._filled].CopyTo(_window);
        _filled -= _runEnd;
        _scanned -= _runEnd;
        _runEnd = 0;
    }

    private void Grow()
    {
        memory.Grow(_buffer!, _window.Length * 2);
        _window = _buffer!.Memory;
    }
}
