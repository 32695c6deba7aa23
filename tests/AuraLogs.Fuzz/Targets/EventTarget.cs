using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Refusing;
using AuraLogs.MessagePack;

namespace AuraLogs.Fuzz.Targets;

/// <summary>The scanner of events: the same counts, times and parts whatever the pieces and windows in which the events come.</summary>
internal sealed class EventTarget : FuzzTarget
{
    private const int Nesting = 32;
    private const int PartBytes = 200;
    private const int EventBytes = 400;

    public override string Name => "events";

    public override IReadOnlyList<byte[]> Words => Packed.Words;

    public override IEnumerable<byte[]> Seeds()
    {
        var marker = Packed.Array(Packed.Array(Packed.Time(uint.MaxValue, 0), Packed.Map()), Packed.Map(Packed.Str("resource"), Packed.Map()));
        var end = Packed.Array(Packed.Array(Packed.Time(uint.MaxValue - 1, 0), Packed.Map()), Packed.Map());
        yield return Packed.Concat(Packed.Event("a"), Packed.Event(new string('b', 150)), Packed.Event(new string('c', 150)));
        yield return Packed.Concat(marker, Packed.Event("a"), Packed.Event(new string('d', 190)), Packed.Event("b"), end, Packed.Event("c"));
        yield return Packed.Array([0xcb, 0x41, 0xda, 0, 0, 0, 0, 0, 0], Packed.Map(Packed.Str("a"), Packed.Array(Packed.Nil, Packed.Map())));
        yield return Packed.Array(Packed.Array(Packed.Time(3, 4), Packed.Map(Packed.Str("m"), Packed.Nil)), Packed.Map());
    }

    public override void Run(byte[] input)
    {
        var whole = Scan(input, input.Length, slides: false);
        RequireEqual(whole, Scan(input, 1, slides: false), "Events in pieces of a byte are those of the whole");
        RequireEqual(whole, Scan(input, 3 + (input.Length % 11), slides: true), "Events in a window that moves are those of the whole");
    }

    /// <param name="input">All bytes.</param>
    /// <param name="piece">How many more there are at each step.</param>
    /// <param name="slides">Whether what is passed is given up, as when events are unpacked.</param>
    private static string Scan(byte[] input, int piece, bool slides)
    {
        var scanner = new EventScanner(Nesting, int.MaxValue, PartBytes, EventBytes);
        scanner.Begin(0);
        var (origin, position, arrived) = (0, 0, 0);
        while (true)
        {
            arrived = Math.Min(input.Length, arrived + piece);
            var status = scanner.Advance(input.AsSpan(origin..arrived), ref position, int.MaxValue, origin);
            // A length beyond all limits is refused before its bytes come or when they don't, as the window's place has it.
            if (status == ScanStatus.Malformed)
                return scanner.Refusal == Refusal.MessageTooLarge ? $"cut {scanner.Count}" : $"{scanner.Refusal} {scanner.Count}";
            Require(status == ScanStatus.NeedMore, "Without an end of the count there is no end of the events.");
            if (slides)
                (origin, position) = (origin + position, 0);
            if (arrived == input.Length)
                break;
        }

        if (origin + position != input.Length || !scanner.AtBoundary)
            return $"cut {scanner.Count}";
        scanner.Finish(input.Length);
        var end = 0L;
        foreach (var part in scanner.Parts)
        {
            Require(part.Start == end, "Parts follow each other.");
            end = part.Start + part.Length;
        }

        return $"{scanner.Count} {scanner.FirstSecond} {scanner.Fraction} {string.Join(',', scanner.Parts.ToArray())}";
    }
}
