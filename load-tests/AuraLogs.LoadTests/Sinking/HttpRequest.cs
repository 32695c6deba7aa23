using System.Text;

namespace AuraLogs.LoadTests.Sinking;

/// <summary>The head of one HTTP/1.1 request; https://www.rfc-editor.org/rfc/rfc9112.</summary>
internal sealed record HttpRequest(string Method, string Target, long ContentLength, bool Chunked, bool Gzip, bool ExpectContinue)
{
    public bool IsBulk => Target.Split('?')[0].TrimEnd('/').EndsWith("/_bulk", StringComparison.Ordinal);

    public static HttpRequest Parse(ReadOnlySpan<byte> head)
    {
        var lines = Encoding.Latin1.GetString(head).Split("\r\n");
        var request = lines[0].Split(' ');
        if (request.Length != 3)
            throw new IOException("Not an HTTP request.");

        string Header(string name) => lines.FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            ?[(name.Length + 1)..].Trim() ?? "";
        _ = long.TryParse(Header("content-length"), out var length);
        return new HttpRequest(request[0], request[1], length,
            Header("transfer-encoding").Equals("chunked", StringComparison.OrdinalIgnoreCase),
            Header("content-encoding").Equals("gzip", StringComparison.OrdinalIgnoreCase),
            Header("expect").Equals("100-continue", StringComparison.OrdinalIgnoreCase));
    }
}
