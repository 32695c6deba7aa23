namespace AuraLogs.Lifecycle.Kibana;

/// <param name="Id">Fixed, so that two replicas can't make two.</param>
/// <param name="Pattern">Kibana calls it the title.</param>
/// <param name="Label">What people see in Kibana 8 and later.</param>
internal sealed record DataView(string Id, string Pattern, string Label)
{
    public const string TimeField = "@timestamp";
}
