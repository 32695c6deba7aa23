using System.Buffers;
using AuraLogs.MessagePack;
using AuraLogs.Queue;
using AuraLogs.Unpacking;

namespace AuraLogs.Forward;

/// <summary>
/// Looks through compressed events before they are acknowledged: that they unpack, are events, and stay within the limits;
/// and counts them. They are unpacked through a small window, never as a whole.
/// </summary>
internal sealed class CompressedEvents(ForwardLimits limits)
{
    private const int FirstWindowBytes = 64 << 10;
    private const int LeastRoomBytes = 4 << 10;

    private readonly EventScanner _events = new(limits.MaxNesting, limits.MaxUnpackedBytes, limits.PartBytes, limits.MaxEventBytes);

    public int Count => _events.Count;

    public uint FirstSecond => _events.FirstSecond;

    /// <summary>How the unpacked events would be cut into entries of the queue.</summary>
    public ReadOnlySpan<EventPart> Parts => _events.Parts;

    public Refusal Check(ReadOnlyMemory<byte> compressed, Compression compression)
    {
        byte[] window = ArrayPool<byte>.Shared.Rent(FirstWindowBytes);
        try
        {
            using var unpacker = Unpacker.Open(compressed, compression);
            return Check(unpacker, compressed.Length, ref window);
        }
        catch (InvalidDataException)
        {
            return Refusal.BrokenCompression;
        }
        catch (UnpackerMissingException)
        {
            return Refusal.UnsupportedCompression;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(window);
        }
    }

    private Refusal Check(Unpacker unpacker, int compressedBytes, ref byte[] window)
    {
        long mostBytes = Math.Min(
            limits.MaxUnpackedBytes, Math.Max(limits.MaxMessageBytes, (long)compressedBytes * limits.MaxUnpackedRatio));
        long origin = 0;
        int position = 0;
        int filled = 0;
        _events.Begin(0);
        while (true)
        {
            // 1. Make room: give up what is passed, and only a value longer than the window makes it grow.
            if (window.Length - filled < LeastRoomBytes)
            {
                window.AsSpan(position..filled).CopyTo(window);
                origin += position;
                filled -= position;
                position = 0;
                if (window.Length - filled < LeastRoomBytes)
                {
                    if (filled > limits.MaxEventBytes)
                        return Refusal.EventTooLarge;
                    window = Grow(window, filled);
                }
            }

            // 2. Unpack.
            int read = unpacker.Read(window.AsSpan(filled));
            if (read == 0)
                break;
            filled += read;
            if (origin + filled > mostBytes)
                return Refusal.UnpackedTooLarge;

            // 3. Check.
            if (_events.Advance(window.AsSpan(0, filled), ref position, int.MaxValue, origin) == ScanStatus.Malformed)
                return _events.Refusal == Refusal.MessageTooLarge ? Refusal.UnpackedTooLarge : _events.Refusal;
        }

        if (position != filled || !_events.AtBoundary)
            return Refusal.NotAnEvent;
        _events.Finish(origin + position);
        return Refusal.None;
    }

    private static byte[] Grow(byte[] window, int filled)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(window.Length * 2);
        window.AsSpan(0, filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(window);
        return larger;
    }
}
