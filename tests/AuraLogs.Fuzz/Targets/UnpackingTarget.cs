using System.IO.Compression;
using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Refusing;
using AuraLogs.Forward.Storing;
using AuraLogs.Memory;
using AuraLogs.MessagePack;
using AuraLogs.Unpacking;

namespace AuraLogs.Fuzz.Targets;

/// <summary>
/// Decompression: whatever the room that it is given, the same bytes or a refusal; what the runtime's gzip refuses is refused; and what is
/// found to be so many events before it is acknowledged is so many events when it is unpacked again.
/// </summary>
internal sealed class UnpackingTarget : FuzzTarget
{
    private const int MaxUnpacked = 1 << 20;

    private static readonly byte[] ZstdEmpty = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x00, 0x01, 0x00, 0x00];

    private readonly MemoryBudgets _memory = Memory.Plenty();
    private readonly byte[] _window = new byte[64 << 10];

    public override string Name => "unpacking";

    public override int ShortRuns => 1000;

    public override IReadOnlyList<byte[]> Words => [ZstdEmpty, [0x28, 0xb5, 0x2f, 0xfd], [0x1f, 0x8b, 8], Packed.Gzip([]), Packed.Gzip(Packed.Event("w")), [0x50, 0x2a, 0x4d, 0x18]];

    public override IEnumerable<byte[]> Seeds()
    {
        var events = Packed.Concat([.. Enumerable.Range(0, 20).Select(number => Packed.Event($"message {number}"))]);
        yield return Packed.Gzip(events);
        yield return [.. Packed.Gzip(Packed.Event("a")), .. Packed.Gzip(Packed.Event("b"))];
        yield return [.. Packed.Gzip(events), 0];
        yield return Packed.Gzip(new byte[100_000]);
        yield return ZstdEmpty;
        yield return [0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x04, 0x21, 0x00, 0x00, 0x92, 0x01, 0x80, 0xc0];
    }

    public override void Run(byte[] input)
    {
        var compression = CompressionFormat.Detect(input);
        if (compression == Compression.None)
            return;
        var whole = TryUnpack(input, compression, _window.Length);
        var pieces = TryUnpack(input, compression, Unpacker.MinDestinationBytes + (input.Length % 100));
        Require(whole.Bytes is null == pieces.Bytes is null, "Room decides nothing about what can be unpacked.");
        Require(whole.Bytes is null || whole.Bytes.AsSpan().SequenceEqual(pieces.Bytes), "Room decides nothing about what is unpacked.");
        if (compression == Compression.Gzip && whole is { IsWhole: true, Bytes: { } unpacked })
            CompareWithRuntime(input, unpacked);
        CompareWithDoor(input, compression, whole);
    }

    public override void Dispose()
    {
        _memory.Dispose();
        base.Dispose();
    }

    private (byte[]? Bytes, bool IsWhole) TryUnpack(byte[] input, Compression compression, int room)
    {
        var unpacked = new MemoryStream();
        try
        {
            using var unpacker = Unpacker.Open(input, compression);
            while (unpacked.Length < MaxUnpacked)
            {
                var read = unpacker.Read(_window.AsSpan(0, room));
                if (read == 0)
                    return (unpacked.ToArray(), true);
                unpacked.Write(_window, 0, (int)Math.Min(read, MaxUnpacked - unpacked.Length));
            }

            return (unpacked.ToArray(), false);
        }
        catch (InvalidDataException)
        {
            return (null, true);
        }
    }

    /// <summary>The runtime passes over what follows the last member, so it may take more than we do, never less, and nothing else.</summary>
    private static void CompareWithRuntime(byte[] input, byte[] unpacked)
    {
        using var gzip = new GZipStream(new MemoryStream(input), CompressionMode.Decompress);
        var reference = new MemoryStream();
        gzip.CopyTo(reference);
        Require(reference.ToArray().AsSpan().SequenceEqual(unpacked), "gzip is unpacked as the runtime does.");
    }

    private void CompareWithDoor(byte[] input, Compression compression, (byte[]? Bytes, bool IsWhole) unpacked)
    {
        var door = new CompressedEvents(FrameTarget.Limits, _memory.Storing);
        var refusal = door.CheckAsync(input, compression, default).AsTask().GetAwaiter().GetResult();
        Require(_memory.Storing.Used == 0, "The window is given back.");
        if (unpacked.Bytes is null)
            Require(refusal != Refusal.None, "What can't be unpacked is refused.");
        if (refusal != Refusal.None || !unpacked.IsWhole || unpacked.Bytes is null)
            return;
        var scanner = new EventScanner(FrameTarget.Limits.MaxNesting, int.MaxValue, FrameTarget.Limits.PartBytes, FrameTarget.Limits.MaxEventBytes);
        var position = 0;
        scanner.Begin(0);
        Require(scanner.Advance(unpacked.Bytes, ref position, int.MaxValue) == ScanStatus.NeedMore && position == unpacked.Bytes.Length, "What was taken is whole events.");
        Require(scanner.Count == door.Count && scanner.FirstSecond == door.FirstSecond, "The door counts what is there.");
    }
}
