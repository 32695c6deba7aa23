using System.Text;
using System.Text.RegularExpressions;

namespace AuraLogs.LocalElasticsearch.Tests.Fidelity;

/// <summary>A request to a real Elasticsearch 7.6.0 and its answer, as recorded in a file under Transcripts/.</summary>
internal sealed partial record Transcript(string Name, string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body, int Status, string Answer)
{
    private const string NoNewline = "[no newline at end of body]";

    public static Transcript? Read(string path)
    {
        string text = File.ReadAllText(path);
        int start = text.IndexOf(">>> REQUEST\n", StringComparison.Ordinal);
        int split = text.IndexOf("\n<<< RESPONSE", StringComparison.Ordinal);
        if (start < 0 || split < 0)
            return null;
        string request = text[(start + ">>> REQUEST\n".Length)..split];
        int blank = request.IndexOf("\n\n", StringComparison.Ordinal);
        string[] head = request[..(blank < 0 ? request.Length : blank)].Split('\n');
        string body = blank < 0 ? "" : request[(blank + 2)..];
        body = body.EndsWith(NoNewline + "\n", StringComparison.Ordinal) ? body[..^(NoNewline.Length + 1)] : body;
        body = ChunkNote().Replace(body, "");
        string[] line = head[0].Split(' ');
        List<(string, string)> headers = [.. head[1..].Select(header => header.Split(": ", 2)).Where(parts => parts.Length == 2).Select(parts => (parts[0], parts[1]))];
        byte[] bytes = Encoding.UTF8.GetBytes(body);

        string answer = text[(text.IndexOf('\n', split + 1) + 1)..];
        int status = 0;
        foreach (Match match in StatusLine().Matches(answer))
            status = int.Parse(match.Groups[1].Value);
        int end = answer.LastIndexOf("\n\n", answer.TrimEnd('\n').Length, StringComparison.Ordinal);
        string json = end < 0 ? "" : answer[(answer.IndexOf("\n\n", StringComparison.Ordinal) + 2)..].Trim();
        if (json.StartsWith("HTTP/1.1 ", StringComparison.Ordinal))
            json = json[(json.IndexOf("\n\n", StringComparison.Ordinal) + 2)..].Trim();
        if (json.StartsWith('['))
            json = BodyNote().Replace(json, "").Trim();
        return new Transcript(Path.GetFileNameWithoutExtension(path), line[0], line[1], headers, bytes, status, json);
    }

    [GeneratedRegex(@"^\[chunks of[^\]]*\]\n")]
    private static partial Regex ChunkNote();

    [GeneratedRegex(@"^\[body [^\]]*\]")]
    private static partial Regex BodyNote();

    [GeneratedRegex(@"^HTTP/1\.[01] (\d+)", RegexOptions.Multiline)]
    private static partial Regex StatusLine();
}
