using System.Globalization;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Search.Queries;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>The query DSL: JSON to queries, within limits of depth and clauses.</summary>
internal sealed class QueryParser(ElasticsearchVersion version)
{
    /// <summary>Elasticsearch's <c>indices.query.bool.max_nested_depth</c>.</summary>
    private const int MaxDepth = 30;

    /// <summary>Elasticsearch's <c>indices.query.bool.max_clause_count</c>.</summary>
    public const int MaxClauses = 1024;

    /// <summary>Elasticsearch's <c>index.max_terms_count</c>.</summary>
    private const int MaxTerms = 65_536;

    private int _clauses;

    public Query Parse(JsonNode? node, int depth = 0)
    {
        if (depth > MaxDepth)
        {
            throw Errors.IllegalArgument(
                $"The nested depth of the query exceeds the maximum nested depth for bool queries set in [indices.query.bool.max_nested_depth] [{MaxDepth}]");
        }

        if (++_clauses > MaxClauses)
            throw new ElasticsearchException(400, "too_many_clauses", $"maxClauseCount is set to {MaxClauses}");
        if (node is not JsonObject query)
            throw Errors.Parsing("[_na] query malformed, must start with start_object");
        if (query.Count == 0)
            throw Errors.IllegalArgument("query malformed, empty clause found");
        (string name, JsonNode? body) = query.First();
        if (query.Count > 1)
            throw Errors.Parsing($"[{name}] malformed query, expected [END_OBJECT] but found [FIELD_NAME]");
        return body is JsonObject parameters
            ? Parse(name, parameters, depth)
            : throw Errors.Parsing($"[{name}] query malformed, no start_object after query name");
    }

    private Query Parse(string name, JsonObject body, int depth)
    {
        double boost = Number(body["boost"], 1);
        switch (name)
        {
            case "match_all":
                return new MatchAllQuery { Boost = boost };
            case "match_none":
                return new MatchNoneQuery();
            case "bool":
                return Bool(body, depth, boost);
            case "constant_score":
                return new ConstantScoreQuery(Parse(body["filter"], depth + 1)) { Boost = boost };
            case "nested" or "function_score" or "script_score" or "boosting" or "script" or "more_like_this" or "percolate" or "geo_distance"
                or "geo_bounding_box" or "geo_shape" or "has_child" or "has_parent" or "parent_id" or "rank_feature" or "distance_feature"
                or "intervals" or "knn" or "combined_fields" or "terms_set" or "pinned" or "span_term" or "span_near" or "span_or":
                throw Errors.NotSupported(name);
            case "dis_max":
                CheckMembers(name, body, "queries tie_breaker boost _name");
                return new BoolQuery { Should = List(body["queries"], depth) };
            case "ids":
                return new IdsQuery(Json.Strings(body["values"])) { Boost = boost };
            case "exists":
                return new ExistsQuery(Text(body, "field", name)) { Boost = boost };
            case "query_string":
                return QueryString(body, boost);
            case "simple_query_string":
                return SimpleQueryString(body);
            case "multi_match":
                return MultiMatch(body, boost);
            case "terms":
                return Terms(body, boost);
            case "term" or "match" or "match_phrase" or "match_phrase_prefix" or "match_bool_prefix" or "range" or "prefix" or "wildcard" or "regexp"
                or "fuzzy":
                return OnField(name, body);
            default:
                throw version.HasTypes ? Errors.Parsing($"no [query] registered for [{name}]") : Errors.UnknownQuery(name);
        }
    }

    private BoolQuery Bool(JsonObject body, int depth, double boost)
    {
        foreach ((string member, _) in body)
            if (member is not ("must" or "filter" or "should" or "must_not" or "minimum_should_match" or "boost" or "_name" or "adjust_pure_negative"))
                throw Errors.Parsing($"[bool] query does not support [{member}]");
        return new BoolQuery
        {
            Must = List(body["must"], depth),
            Filter = List(body["filter"], depth),
            Should = List(body["should"], depth),
            MustNot = List(body["must_not"], depth),
            MinimumShouldMatch = Json.Scalar(body["minimum_should_match"]),
            Boost = boost,
        };
    }

    private List<Query> List(JsonNode? node, int depth) => node switch
    {
        null => [],
        JsonArray items => [.. items.Select(item => Parse(item, depth + 1))],
        _ => [Parse(node, depth + 1)],
    };

    private static TermQuery Terms(JsonObject body, double boost)
    {
        (string field, JsonNode? values) = body.FirstOrDefault(member => member.Key is not ("boost" or "_name"));
        if (values is not JsonArray items)
            throw Errors.Parsing("[terms] query requires an array of values");
        if (items.Count > MaxTerms)
        {
            throw Errors.IllegalArgument(
                $"The number of terms [{items.Count}] used in the Terms Query request has exceeded the allowed maximum of [{MaxTerms}]. "
                + "This maximum can be set by changing the [index.max_terms_count] index level setting.");
        }

        return new TermQuery(field, [.. items.Select(item => Json.Scalar(item) ?? "")]) { Boost = boost };
    }

    /// <summary>Queries of the form <c>{name: {field: value}}</c> or <c>{name: {field: {parameters}}}</c>.</summary>
    private static Query OnField(string name, JsonObject body)
    {
        if (body.Count != 1)
            throw Errors.Parsing(body.Count == 0
                ? $"[{name}] query malformed, no field"
                : $"[{name}] query doesn't support multiple fields, found [{body.First().Key}] and [{body.ElementAt(1).Key}]");
        (string field, JsonNode? node) = body.First();
        JsonObject parameters = node as JsonObject ?? new JsonObject { [name is "range" ? "eq" : "value"] = node?.DeepClone() };
        double boost = Number(parameters["boost"], 1);
        if (name == "range")
            return Range(field, parameters, boost);
        CheckMembers(name, parameters, MembersOf(name));
        string text = Json.Scalar(parameters["value"] ?? parameters["query"] ?? parameters[name])
            ?? throw Errors.IllegalArgument($"[{name}] value cannot be null");
        bool ignoresCase = Json.Flag(parameters["case_insensitive"]) ?? false;
        return name switch
        {
            "term" => new TermQuery(field, [text]) { Boost = boost, IgnoresCase = ignoresCase },
            "match" or "match_bool_prefix" => new MatchQuery(field, text)
            {
                Boost = boost,
                NeedsAll = Json.Scalar(parameters["operator"])?.ToLowerInvariant() == "and",
                MinimumShouldMatch = Json.Scalar(parameters["minimum_should_match"]),
                IsLenient = Json.Flag(parameters["lenient"]) ?? false,
                LastIsPrefix = name == "match_bool_prefix",
            },
            "match_phrase" or "match_phrase_prefix" => new PhraseQuery(field, text)
            {
                Boost = boost,
                Slop = (int)Number(parameters["slop"], 0),
                LastIsPrefix = name == "match_phrase_prefix",
            },
            "prefix" => Patterns.Prefix(field, text, ignoresCase),
            "wildcard" => Patterns.Wildcard(field, text, ignoresCase),
            "regexp" => Patterns.Regexp(field, text, ignoresCase),
            _ => Patterns.Fuzzy(field, text, Json.Scalar(parameters["fuzziness"])),
        };
    }

    /// <summary>What a query on one field understands, with what only says how the real one is to go about it.</summary>
    private static string MembersOf(string name) => "value query boost _name rewrite max_expansions auto_generate_synonyms_phrase_query " + name switch
    {
        "term" => "case_insensitive",
        "match" or "match_bool_prefix" => "operator minimum_should_match lenient fuzzy_transpositions prefix_length cutoff_frequency",
        "match_phrase" or "match_phrase_prefix" => "slop",
        "fuzzy" => "fuzziness transpositions prefix_length",
        _ => name + " case_insensitive flags flags_value max_determinized_states",
    };

    /// <summary>A member that would change the answer and is not understood is refused by its name.</summary>
    private static void CheckMembers(string query, JsonObject body, string known)
    {
        string[] names = known.Split(' ');
        foreach ((string member, JsonNode? value) in body)
        {
            bool isDefault = (member, Json.Scalar(value)) is ("analyzer", "standard") or ("zero_terms_query", "none" or "NONE") or (_, null);
            if (!names.Contains(member) && !isDefault)
                throw Errors.NotSupported($"{query}.{member}");
        }
    }

    private static RangeQuery Range(string field, JsonObject parameters, double boost)
    {
        foreach ((string member, _) in parameters)
            if (member is not ("gt" or "gte" or "lt" or "lte" or "from" or "to" or "include_lower" or "include_upper" or "format" or "time_zone" or "boost"
                or "relation" or "_name"))
                throw Errors.Parsing($"[range] query does not support [{member}]");
        return new RangeQuery(field)
        {
            Low = Json.Scalar(parameters["gte"] ?? parameters["gt"] ?? parameters["from"]),
            High = Json.Scalar(parameters["lte"] ?? parameters["lt"] ?? parameters["to"]),
            IncludesLow = parameters["gt"] is null && (Json.Flag(parameters["include_lower"]) ?? true),
            IncludesHigh = parameters["lt"] is null && (Json.Flag(parameters["include_upper"]) ?? true),
            Format = Json.Scalar(parameters["format"]),
            TimeZone = Json.Scalar(parameters["time_zone"]),
            Boost = boost,
        };
    }

    private static QueryStringQuery QueryString(JsonObject body, double boost)
    {
        CheckMembers(
            "query_string", body,
            "query fields default_field default_operator lenient time_zone boost _name analyze_wildcard allow_leading_wildcard rewrite escape"
            + " enable_position_increments max_determinized_states auto_generate_synonyms_phrase_query tie_breaker");
        return new QueryStringQuery(Text(body, "query", "query_string"))
        {
            Boost = boost,
            Fields = Fields(body),
            DefaultIsAnd = Json.Scalar(body["default_operator"])?.ToLowerInvariant() == "and",
            IsLenient = Json.Flag(body["lenient"]),
            TimeZone = Json.Scalar(body["time_zone"]),
        };
    }

    private static SimpleQueryStringQuery SimpleQueryString(JsonObject body)
    {
        CheckMembers(
            "simple_query_string", body,
            "query fields default_operator lenient boost _name analyze_wildcard auto_generate_synonyms_phrase_query");
        return new SimpleQueryStringQuery(Text(body, "query", "simple_query_string"))
        {
            Fields = Fields(body),
            DefaultIsAnd = Json.Scalar(body["default_operator"])?.ToLowerInvariant() == "and",
        };
    }

    private static MultiMatchQuery MultiMatch(JsonObject body, double boost)
    {
        CheckMembers(
            "multi_match", body,
            "query fields type operator minimum_should_match lenient boost _name tie_breaker max_expansions auto_generate_synonyms_phrase_query");
        return new MultiMatchQuery(Text(body, "query", "multi_match"))
        {
            Boost = boost,
            Fields = Fields(body),
            Type = Json.Scalar(body["type"]) ?? "best_fields",
            NeedsAll = Json.Scalar(body["operator"])?.ToLowerInvariant() == "and",
            MinimumShouldMatch = Json.Scalar(body["minimum_should_match"]),
            IsLenient = Json.Flag(body["lenient"]) ?? false,
        };
    }

    /// <summary>Field names, whose boosts (<c>title^3</c>) don't change which documents match.</summary>
    private static List<string> Fields(JsonObject body)
    {
        List<string> fields = [.. Json.Strings(body["fields"]).Select(field => field.Split('^')[0])];
        if (fields.Count == 0 && Json.Scalar(body["default_field"]) is { } only)
            fields.Add(only);
        return fields;
    }

    private static string Text(JsonObject body, string member, string query) =>
        Json.Scalar(body[member]) ?? throw Errors.Parsing($"[{query}] must be provided with a [{member}]");

    private static double Number(JsonNode? node, double otherwise) =>
        Json.Scalar(node) is { } text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : otherwise;
}
