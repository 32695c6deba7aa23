namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>Numbers from 0 in seven bits a byte, the lowest first; the highest bit says that another byte follows.</summary>
internal static class Leb128
{
    public const int MaxLength = 5;

    public static int Read(ReadOnlySpan<byte> data, ref int at)
    {
        int value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = data[at++];
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }

    public static void Write(Span<byte> to, ref int at, int value)
    {
        uint rest = (uint)value;
        for (; rest >= 0x80; rest >>= 7)
            to[at++] = (byte)(rest | 0x80);
        to[at++] = (byte)rest;
    }
}
