using System.Text;

namespace AuraLogs.Fuzz.Targets;

/// <summary>Lucene's query language, as the page and Kibana send it.</summary>
internal sealed class LocalQueryStringTarget : LocalTarget
{
    public LocalQueryStringTarget() => SearchedDocuments.Write(Ask);

    public override string Name => "local-query-string";

    public override int MaxBytes => 300;

    public override IReadOnlyList<byte[]> Words =>
        [.. ((string[])["AND", "OR", "NOT", "&&", "||", "+", "-", "!", "(", ")", "[", "]", "{", "}", " TO ", "\"", "~", "~2", "^2", "*", "?", "\\", "/", ":", ">=", "<", "_exists_:", "level:", "n:", "@timestamp:",
            "now-1d/d", "2026-11-22", "message:", "kubernetes.labels.app:", "ip:", "10.0.0.0/8", "\u00e9", "/[a-z]+/", ".*", "hello", "|| ", "1e9", "-1"]).Select(Encoding.UTF8.GetBytes)];

    public override IEnumerable<byte[]> Seeds() =>
        ((string[])["hello", "level:ERROR AND message:hello", "+hello -\"number 2\"~3 (n:[1 TO 5} OR n:>=7)", "mess*:hel?o~1^2 || NOT _exists_:level", "message:/hel+o/", "@timestamp:[now-1d TO *]", "\\(a\\:b\\)", "kubernetes.labels.app:shop"])
            .Select(Utf8);

    public override void Run(byte[] input) =>
        Ask("GET", "/logs/_search", default, ("q", Encoding.UTF8.GetString(input)), ("default_operator", input.Length % 2 == 0 ? "AND" : "OR"));
}
