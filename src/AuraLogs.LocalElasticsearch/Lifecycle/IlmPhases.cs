namespace AuraLogs.LocalElasticsearch.Lifecycle;

/// <summary>The phases in the order an index goes through them.</summary>
internal static class IlmPhases
{
    public static readonly string[] InOrder = ["hot", "warm", "cold", "frozen", "delete"];
}
