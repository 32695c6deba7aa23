using System.Globalization;
using System.Text;

namespace AuraLogs.LocalElasticsearch.Rest;

/// <summary>Unescapes a JSON string that holds lone surrogates (RFC 8259, section 8.2): they become U+FFFD.</summary>
internal static class JsonText
{
    public static string Unescape(ReadOnlySpan<byte> escaped)
    {
        StringBuilder text = new(escaped.Length);
        string source = Encoding.UTF8.GetString(escaped);
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] != '\\')
            {
                text.Append(source[i]);
                continue;
            }

            i++;
            if (source[i] == 'u')
            {
                text.Append((char)ushort.Parse(source.AsSpan(i + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                i += 4;
            }
            else
            {
                text.Append(source[i] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', char other => other });
            }
        }

        // The round trip through UTF-8 replaces what is not a pair.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
