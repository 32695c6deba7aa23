using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Refusing;
using AuraLogs.Memory;
using AuraLogs.MessagePack;
using AuraLogs.Unpacking;

namespace AuraLogs.Forward.Storing;

/// <summary>
/// Looks through compressed events before they are acknowledged: that they unpack, are events, and stay within the limits;
/// and counts them. They are unpacked through a small window, never as a whole.
/// </summary>
internal sealed class CompressedEvents(ForwardLimits limits, MemoryBudget memory)
{
    private const int WindowBytes = 256 << 10;
    private const int LeastRoomBytes = 4 << 10;

    /// <summary>Fewer events than this are never too many, whatever they are compressed to.</summary>
    private const int AlwaysTakenEvents = 100_000;

    private readonly EventScanner _events = new(limits.MaxNesting, limits.MaxUnpackedBytes, limits.PartBytes, limits.MaxEventBytes);

    public int Count => _events.Count;

    public uint FirstSecond => _events.FirstSecond;

    public uint Fraction => _events.Fraction;

    /// <summary>How the unpacked events would be cut into entries of the queue.</summary>
    public ReadOnlySpan<EventPart> Parts => _events.Parts;

    /// <summary>
    /// A small window does for nearly all; only if an event is larger than it, everything is looked through once more in one that has room for
    /// the largest: the first is given back before, so that nobody holds memory and waits for more of the same.
    /// </summary>
    public ValueTask<Refusal> CheckAsync(ReadOnlyMemory<byte> compressed, Compression compression, CancellationToken cancellationToken)
    {
        if (memory.TryRent(WindowBytes, Unpacker.LibraryBytes(compression)) is { } window)
        {
            using (window)
            {
                if (TryCheck(compressed, compression, window.GetSpan(), out var refusal))
                    return new ValueTask<Refusal>(refusal);
            }
        }

        return CheckLaterAsync(compressed, compression, cancellationToken);
    }

    private async ValueTask<Refusal> CheckLaterAsync(ReadOnlyMemory<byte> compressed, Compression compression, CancellationToken cancellationToken)
    {
        int windowBytes = WindowBytes;
        while (true)
        {
            using var window = await memory.RentAsync(windowBytes, Unpacker.LibraryBytes(compression), cancellationToken);
            if (TryCheck(compressed, compression, window.GetSpan(), out var refusal))
                return refusal;
            windowBytes = limits.MaxEventBytes + (2 * LeastRoomBytes);
        }
    }

    /// <returns>False when an event is larger than the window.</returns>
    private bool TryCheck(ReadOnlyMemory<byte> compressed, Compression compression, Span<byte> window, out Refusal refusal)
    {
        try
        {
            using var unpacker = Unpacker.Open(compressed, compression);
            return TryCheck(unpacker, compressed.Length, window, out refusal);
        }
        catch (InvalidDataException)
        {
            refusal = Refusal.BrokenCompression;
        }
        catch (UnpackerMissingException)
        {
            refusal = Refusal.UnsupportedCompression;
        }

        return true;
    }

    private bool TryCheck(Unpacker unpacker, int compressedBytes, Span<byte> window, out Refusal refusal)
    {
        long mostBytes = Math.Min(
            limits.MaxUnpackedBytes, Math.Max(limits.MaxMessageBytes, (long)compressedBytes * limits.MaxUnpackedRatio));
        long mostEvents = Math.Max(AlwaysTakenEvents, (long)compressedBytes * limits.MaxEventsPerByte);
        long origin = 0;
        int position = 0;
        int filled = 0;
        refusal = Refusal.None;
        _events.Begin(0);
        while (true)
        {
            // 1. Make room: give up what is passed.
            if (window.Length - filled < LeastRoomBytes)
            {
                window[position..filled].CopyTo(window);
                origin += position;
                filled -= position;
                position = 0;
                if (window.Length - filled < LeastRoomBytes)
                {
                    refusal = Refusal.EventTooLarge;
                    return filled > limits.MaxEventBytes;
                }
            }

            // 2. Unpack.
            int read = unpacker.Read(window[filled..]);
            if (read == 0)
                break;
            filled += read;
            if (origin + filled > mostBytes)
                return Refuse(Refusal.UnpackedTooLarge, out refusal);

            // 3. Check.
            if (_events.Advance(window[..filled], ref position, int.MaxValue, origin) == ScanStatus.Malformed)
                return Refuse(_events.Refusal == Refusal.MessageTooLarge ? Refusal.UnpackedTooLarge : _events.Refusal, out refusal);
            if (_events.Count > mostEvents)
                return Refuse(Refusal.TooManyEvents, out refusal);
        }

        if (position != filled || !_events.AtBoundary)
            return Refuse(Refusal.NotAnEvent, out refusal);
        _events.Finish(origin + position);
        return true;
    }

    private static bool Refuse(Refusal reason, out Refusal refusal)
    {
        refusal = reason;
        return true;
    }
}
