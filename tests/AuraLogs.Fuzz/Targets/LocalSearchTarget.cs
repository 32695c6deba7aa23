using System.Text;

namespace AuraLogs.Fuzz.Targets;

/// <summary>The bodies of <c>_search</c>: queries, aggregations, sorting, highlighting.</summary>
internal sealed class LocalSearchTarget : LocalTarget
{
    public LocalSearchTarget() => SearchedDocuments.Write(Ask);

    public override string Name => "local-search";

    public override IReadOnlyList<byte[]> Words =>
        [.. ((string[])["{", "}", "[", "]", ",", ":", "null", "true", "-1", "0", "1e99", "\"\"", "\"query\":", "\"bool\":", "\"must\":", "\"filter\":", "\"should\":", "\"must_not\":", "\"match\":", "\"match_phrase\":", "\"multi_match\":",
            "\"term\":", "\"terms\":", "\"range\":", "\"exists\":", "\"wildcard\":", "\"regexp\":", "\"prefix\":", "\"fuzzy\":", "\"ids\":", "\"query_string\":", "\"constant_score\":", "\"minimum_should_match\":", "\"fuzziness\":", "\"AUTO\"",
            "\"aggs\":", "\"date_histogram\":", "\"fixed_interval\":\"1m\"", "\"calendar_interval\":\"day\"", "\"histogram\":", "\"interval\":1", "\"cardinality\":", "\"stats\":", "\"filters\":", "\"missing\":", "\"order\":", "\"include\":", "\"size\":",
            "\"sort\":", "\"from\":", "\"search_after\":", "\"track_total_hits\":", "\"highlight\":", "\"fields\":", "\"_source\":", "\"docvalue_fields\":", "\"script_fields\":", "\"field\":\"n\"", "\"level\"", "\"message\"", "\"@timestamp\"",
            "\"gte\":\"now-1d/d\"", "\"time_zone\":\"+01:00\"", "\"format\":\"yyyy\"", "\"boost\":2", "\"min_doc_count\":0", "\"extended_bounds\":{\"min\":0,\"max\":9}", "\"a*\"", "\"[a-z]+\"", "\"pit\":{\"id\":\"x\"}"]).Select(Encoding.UTF8.GetBytes)];

    public override IEnumerable<byte[]> Seeds() =>
        ((string[])
        [
            """{"size":2,"query":{"bool":{"must":[{"query_string":{"query":"level:ERROR"}}],"filter":[{"range":{"@timestamp":{"gte":"2026-11-21","lt":"now"}}}]}},"sort":[{"@timestamp":{"order":"desc"}}],"track_total_hits":true}""",
            """{"size":0,"aggs":{"l":{"terms":{"field":"level","size":3,"order":{"_count":"asc"}},"aggs":{"t":{"date_histogram":{"field":"@timestamp","fixed_interval":"10s","min_doc_count":0}},"s":{"stats":{"field":"n"}}}}}}""",
            """{"query":{"match":{"message":{"query":"helo number","operator":"and","fuzziness":"AUTO"}}},"highlight":{"fields":{"message":{}}},"_source":["mess*"],"fields":["n"],"docvalue_fields":["level"]}""",
            """{"query":{"bool":{"should":[{"wildcard":{"message":"hel*"}},{"prefix":{"level":{"value":"ERR"}}},{"regexp":{"level":"E.+"}},{"fuzzy":{"message":{"value":"hallo","fuzziness":1}}},{"ids":{"values":["1"]}}],"minimum_should_match":"50%"}}}""",
            """{"query":{"terms":{"n":[1,2,3]}},"sort":["n",{"_score":"asc"}],"search_after":[1,1],"from":0}""",
            """{"size":0,"aggs":{"h":{"histogram":{"field":"n","interval":5}},"r":{"range":{"field":"n","ranges":[{"to":5},{"from":5}]}},"f":{"filters":{"filters":{"e":{"term":{"level":"ERROR"}}}}},"c":{"cardinality":{"field":"ip"}}}}""",
        ]).Select(Utf8);

    public override void Run(byte[] input) => Ask("POST", "/logs/_search", input);
}
