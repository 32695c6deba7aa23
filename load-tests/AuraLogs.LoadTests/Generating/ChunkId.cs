using System.Buffers.Text;
using System.Globalization;

namespace AuraLogs.LoadTests.Generating;

/// <summary>The id of a generated chunk: 24 characters, as long as Fluent Bit's, ending in the frame's number in hexadecimal.</summary>
internal static class ChunkId
{
    private const string Prefix = "AuraLoad";

    public const int Length = 24;

    public static string Format(long number) => Prefix + number.ToString("x16", CultureInfo.InvariantCulture);

    public static void Write(long number, Span<byte> destination) =>
        Utf8Formatter.TryFormat(number, destination[Prefix.Length..], out _, new System.Buffers.StandardFormat('x', 16));

    public static bool TryParse(ReadOnlySpan<byte> id, out long number)
    {
        number = 0;
        return id.Length == Length && Utf8Parser.TryParse(id[Prefix.Length..], out number, out var used, 'x') && used == 16;
    }
}
