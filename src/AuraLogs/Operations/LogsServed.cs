namespace AuraLogs.Operations;

/// <summary>Whose log contents the operations port serves to those who have the right to see them.</summary>
internal enum LogsServed
{
    /// <summary>Nobody's: there is no logs view.</summary>
    None,

    /// <summary>The local Elasticsearch's.</summary>
    Local,

    /// <summary>Also a real cluster's, read with AuraLogs' own credentials.</summary>
    Cluster,
}
