namespace AuraLogs.Fuzz.Targets;

/// <summary>All targets, by name.</summary>
internal static class FuzzTargets
{
    private static readonly Dictionary<string, Func<FuzzTarget>> All = new(StringComparer.Ordinal)
    {
        ["frames"] = () => new FrameTarget(),
        ["events"] = () => new EventTarget(),
        ["documents"] = () => new DocumentTarget(),
        ["opentelemetry"] = () => new OpenTelemetryTarget(),
        ["unpacking"] = () => new UnpackingTarget(),
        ["handshake"] = () => new HandshakeTarget(),
        ["bulk-answer"] = () => new BulkAnswerTarget(),
        ["local-bulk"] = () => new LocalBulkTarget(),
        ["local-query-string"] = () => new LocalQueryStringTarget(),
        ["local-search"] = () => new LocalSearchTarget(),
    };

    public static IReadOnlyCollection<string> Names => All.Keys;

    public static FuzzTarget Create(string name) => All[name]();
}
