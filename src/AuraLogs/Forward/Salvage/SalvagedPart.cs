using AuraLogs.Forward.Decoding;

namespace AuraLogs.Forward.Salvage;

/// <summary>A run of bytes of a damaged message that becomes an entry of the queue.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Tag">Where its tag stands, in the same bytes; null for the message's.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Count">Events.</param>
internal readonly record struct SalvagedPart(SalvagedKind Kind, Extent? Tag, int Start, int Length, int Count)
{
    public int End => Start + Length;
}
