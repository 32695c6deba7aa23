namespace AuraLogs.LocalElasticsearch.Rest;

/// <summary>An entry of the route table.</summary>
internal sealed class Route(
    string method, string template, string parameters, Func<RestRequest, CancellationToken, Task<RestResponse>> handler, Lane lane)
{
    /// <summary>What every API takes.</summary>
    private static readonly string[] Common = ["pretty", "human", "error_trace", "filter_path", "format"];

    public string Method { get; } = method;

    public Lane Lane { get; } = lane;

    public string[] Segments { get; } = template.Split('/', StringSplitOptions.RemoveEmptyEntries);

    public Func<RestRequest, CancellationToken, Task<RestResponse>> Handler { get; } = handler;

    private readonly HashSet<string> _parameters = [.. Common, .. parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>Refuses what the API does not know, as the real one does: a misspelt option must not be ignored.</summary>
    public void CheckParameters(RestRequest request)
    {
        List<string> unknown = [.. request.Parameters.Keys.Where(name => !_parameters.Contains(name))];
        if (unknown.Count == 0)
            return;
        string noun = unknown.Count == 1 ? "parameter" : "parameters";
        throw Errors.IllegalArgument(
            $"request [{request.Path}] contains unrecognized {noun}: {string.Join(", ", unknown.Order().Select(name => $"[{name}]"))}");
    }
}
