namespace AuraLogs.LoadTests.Sinking;

/// <summary>What the sink says to everything but <c>_bulk</c>: its version, and otherwise that it does not know.</summary>
internal static class Answers
{
    public static (int Status, string Body) For(HttpRequest request) => (request.Method, request.Target.Split('?')[0]) switch
    {
        ("GET" or "HEAD", "/") => (200, """
            {"name":"sink","cluster_name":"sink","cluster_uuid":"AAAAAAAAAAAAAAAAAAAAAA","version":{"number":"7.6.0","build_flavor":"default","build_type":"tar","build_hash":"0","build_date":"2020-02-06T00:09:00.449973Z","build_snapshot":false,"lucene_version":"8.4.0","minimum_wire_compatibility_version":"6.8.0","minimum_index_compatibility_version":"6.0.0-beta1"},"tagline":"You Know, for Search"}
            """),
        ("PUT", _) => (200, """{"acknowledged":true}"""),
        ("GET" or "HEAD", _) => (404, "{}"),
        _ => (405, """{"error":"Incorrect HTTP method for uri","status":405}"""),
    };
}
