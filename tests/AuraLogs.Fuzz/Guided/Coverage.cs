using System.Numerics;
using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace AuraLogs.Fuzz.Guided;

/// <summary>
/// The map that instrumented code counts its edges in, and what was ever seen of it. A count is seen by its order of magnitude, as AFL does:
/// 1, 2, 3, 4, 8, 16, 32, 128 and more. Without instrumentation the map stays empty.
/// </summary>
internal sealed unsafe class Coverage : IDisposable
{
    private const int MapBytes = 1 << 16;

    private static readonly byte[] Magnitudes = [.. Enumerable.Range(0, 256).Select(MagnitudeOf)];

    private readonly byte* _map = (byte*)NativeMemory.AlignedAlloc(MapBytes, 64);
    private readonly byte[] _seen = new byte[MapBytes];

    public Coverage()
    {
        Clear();
        Trace.SharedMem = _map;
    }

    /// <summary>How many edges were ever passed.</summary>
    public int Edges => _seen.Count(magnitudes => magnitudes != 0);

    public void Clear()
    {
        new Span<byte>(_map, MapBytes).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>Adds what the last run passed to what was seen.</summary>
    /// <param name="edgesOnly">Whether only edges count that were never passed, however often.</param>
    /// <returns>Whether there was something new.</returns>
    public bool Merge(bool edgesOnly = false)
    {
        var isNew = false;
        var map = new ReadOnlySpan<byte>(_map, MapBytes);
        for (var start = 0; start < MapBytes; start += Vector<byte>.Count)
        {
            if (Vector.EqualsAll(new Vector<byte>(map[start..]), Vector<byte>.Zero))
                continue;
            for (var i = start; i < start + Vector<byte>.Count; i++)
            {
                var magnitude = Magnitudes[map[i]];
                if ((_seen[i] | magnitude) == _seen[i])
                    continue;
                isNew |= !edgesOnly || _seen[i] == 0;
                _seen[i] |= magnitude;
            }
        }

        return isNew;
    }

    public void Dispose() => NativeMemory.AlignedFree(_map);

    private static byte MagnitudeOf(int count) => count switch
    {
        0 => 0,
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };
}
