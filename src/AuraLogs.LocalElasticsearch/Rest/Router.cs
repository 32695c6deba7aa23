namespace AuraLogs.LocalElasticsearch.Rest;

/// <summary>The route table: literal segments win over <c>{placeholders}</c>, from left to right.</summary>
internal sealed class Router(ElasticsearchVersion version)
{
    private readonly List<Route> _routes = [];

    /// <summary>Adds an API under one or more methods, separated by <c>|</c>, and templates, separated by spaces.</summary>
    public void Add(
        string methods, string templates, string parameters, Func<RestRequest, CancellationToken, Task<RestResponse>> handler,
        Lane lane = Lane.Management)
    {
        foreach (string template in templates.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            foreach (string method in methods.Split('|'))
                _routes.Add(new Route(method, template, parameters, handler, lane));
    }

    public void Add(string methods, string templates, string parameters, Func<RestRequest, RestResponse> handler, Lane lane = Lane.Management) =>
        Add(methods, templates, parameters, (request, _) => Task.FromResult(handler(request)), lane);

    /// <summary>The API that a request asks for, and the lane it is to be carried out in.</summary>
    public (Lane Lane, Func<CancellationToken, Task<RestResponse>> Answer) Find(RestRequest request)
    {
        string[] segments = [.. request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];
        List<Route> matching = [.. _routes.Where(route => Matches(route.Segments, segments))];
        if (segments is [['_', ..], ..] && matching.Exists(route => route.Segments[0] == segments[0]))
            matching.RemoveAll(route => route.Segments[0] != segments[0]);
        string method = request.Method == "HEAD" && !matching.Exists(route => route.Method == "HEAD") ? "GET" : request.Method;
        if (method == "OPTIONS" && matching.Count > 0)
            return (Lane.Management, _ => Task.FromResult(new RestResponse { Text = "", Allow = string.Join(',', Methods(matching)) }));

        Route? best = null;
        foreach (Route route in matching)
            if (route.Method == method && (best is null || IsMoreSpecific(route, best)))
                best = route;
        if (best is null)
            throw Refuse(request, matching, segments);

        for (int i = 0; i < segments.Length; i++)
            if (best.Segments[i][0] == '{')
                request.PathValues[best.Segments[i][1..^1]] = segments[i];
        best.CheckParameters(request);
        return (best.Lane, cancel => best.Handler(request, cancel));
    }

    private static bool Matches(string[] template, string[] segments)
    {
        if (template.Length != segments.Length)
            return false;
        for (int i = 0; i < template.Length; i++)
            if (template[i][0] != '{' && template[i] != segments[i])
                return false;
        return true;
    }

    private static bool IsMoreSpecific(Route route, Route than)
    {
        for (int i = 0; i < route.Segments.Length; i++)
        {
            bool literal = route.Segments[i][0] != '{';
            if (literal != (than.Segments[i][0] != '{'))
                return literal;
        }

        return false;
    }

    private static IEnumerable<string> Methods(List<Route> routes)
    {
        IEnumerable<string> methods = routes.Select(route => route.Method).Distinct();
        bool getWithoutHead = routes.Exists(route => route.Method == "GET") && !routes.Exists(route => route.Method == "HEAD");
        return (getWithoutHead ? methods.Append("HEAD") : methods).Order(StringComparer.Ordinal);
    }

    private ElasticsearchException Refuse(RestRequest request, List<Route> matching, string[] segments)
    {
        // A path that looks like an API but is none must not become an index called "_nosuch".
        bool isApi = segments.Length > 1 && Array.Exists(segments, segment => segment.StartsWith('_')) && !version.HasTypes;
        if (matching.Count == 0 || isApi)
        {
            return new ElasticsearchException(400, "", $"no handler found for uri [{request.Path}] and method [{request.Method}]")
            {
                IsPlain = true,
            };
        }

        List<string> allowed = [.. Methods(matching)];
        return new ElasticsearchException(
            405, "", $"Incorrect HTTP method for uri [{request.Path}] and method [{request.Method}], allowed: [{string.Join(", ", allowed)}]")
        {
            IsPlain = true,
            Allow = string.Join(',', allowed),
        };
    }
}
