using AuraLogs.Elasticsearch;
using AuraLogs.Forward.Listening;
using AuraLogs.Lifecycle.Kibana;

namespace AuraLogs.Hosting;

/// <summary>What SIGHUP does: the files that hold certificates and secrets are read again at once. They are looked at every few seconds anyway; everything else needs a restart.</summary>
internal sealed partial class Reload(ForwardListener forward, ElasticsearchClient elasticsearch, KibanaClient kibana, ILogger<Reload> logger)
{
    public void Run()
    {
        LogReload();
        forward.Reload();
        elasticsearch.Reload();
        kibana.Reload();
    }

    [LoggerMessage(LogLevel.Information, "SIGHUP: reading certificates and secrets again. Other settings change with a restart")]
    private partial void LogReload();
}
