using System.Buffers;
using System.Buffers.Text;
using System.IO.Hashing;
using System.Security.Cryptography;
using AuraLogs.Forward.Decoding;
using AuraLogs.MessagePack;
using AuraLogs.Unpacking;

namespace AuraLogs.Forward.Storing;

/// <summary>
/// What a chunk id is worth. Fluentd and the client libraries make a new one for each chunk. Fluent Bit's is a hash of the content, the
/// first 16 bytes of its SHA-512 in Base64 (<c>append_options</c> in <c>plugins/out_forward/forward_format.c</c>): it names the same chunk
/// in every resend, and also another chunk that happens to have the same content. Times tell the two apart, if they are fine enough.
/// </summary>
internal static class ChunkIds
{
    private const int HashBytes = 16;
    private const int HashCharacters = 24;
    private const uint NanosecondsPerMillisecond = 1_000_000;
    private const int WindowBytes = 4 << 10;

    /// <summary>What a chunk is found by in the memory of the chunks that may be sent again: the same for every resend.</summary>
    public static UInt128 Key(ReadOnlySpan<byte> tag, ReadOnlySpan<byte> chunkId) =>
        XxHash128.HashToUInt128(chunkId, (long)XxHash3.HashToUInt64(tag));

    /// <summary>
    /// Whether another chunk may have this one's tag and chunk id: the id is a hash of the content, and the times in it are of whole
    /// seconds. Where each event is a chunk (mode Message) whole milliseconds are too coarse as well, because a program may well write
    /// one line twice in a millisecond.
    /// </summary>
    /// <param name="message">A whole message, with what is known of its events.</param>
    /// <param name="bytes">The message.</param>
    public static bool MayRepeat(in ForwardMessage message, ReadOnlyMemory<byte> bytes)
    {
        if (message.ChunkId.Length != HashCharacters)
            return false;
        bool coarse = message.Mode == ForwardMode.Message ? message.Fraction % NanosecondsPerMillisecond == 0 : message.Fraction == 0;
        return coarse && IsHash(message, bytes);
    }

    /// <summary>
    /// Fluent Bit names the signal since 2.0, and its hash covers what can't be seen here in every mode: the time before it was made an
    /// integer, the record as it was before it was packed anew for mode Message. For who does not name it the hash tells.
    /// </summary>
    private static bool IsHash(in ForwardMessage message, ReadOnlyMemory<byte> bytes)
    {
        Span<byte> id = stackalloc byte[HashBytes + 2];
        var chunkId = bytes.Span.Slice(message.ChunkId.Start, message.ChunkId.Length);
        if (Base64.DecodeFromUtf8(chunkId, id, out _, out int length) != OperationStatus.Done || length != HashBytes)
            return false;
        return message.NamesSignal || IsHashOfEvents(message, bytes, id[..HashBytes]);
    }

    private static bool IsHashOfEvents(in ForwardMessage message, ReadOnlyMemory<byte> bytes, ReadOnlySpan<byte> id)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        var events = bytes.Slice(message.Events.Start, message.Events.Length);
        if (message.Compression != Compression.None)
        {
            AppendUnpacked(hash, events, message.Compression);
        }
        else if (message.Mode == ForwardMode.Message)
        {
            // The event's own header is not part of the message.
            hash.AppendData([MessagePackFormat.FixArray | 2]);
            hash.AppendData(events.Span[1..]);
        }
        else
        {
            hash.AppendData(events.Span);
        }

        return hash.GetHashAndReset().AsSpan(0, HashBytes).SequenceEqual(id);
    }

    private static void AppendUnpacked(IncrementalHash hash, ReadOnlyMemory<byte> events, Compression compression)
    {
        Span<byte> window = stackalloc byte[WindowBytes];
        using var unpacker = Unpacker.Open(events, compression);
        while (unpacker.Read(window) is var read and > 0)
            hash.AppendData(window[..read]);
    }
}
