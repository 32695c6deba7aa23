using System.Globalization;
using System.Text;

namespace AuraLogs.Benchmarks.LocalElasticsearch;

/// <summary>
/// Bulk requests as AuraLogs sends them: container logs with their Kubernetes metadata, about 830 bytes of JSON each (690 in
/// MessagePack). A day's documents in order of time; sixty pods of six services; each has a correlation id of its own.
/// </summary>
internal sealed class KubernetesBulk(int total)
{
    private static readonly string[] Services = ["checkout", "orders", "payment", "session", "search", "bridge"];

    private static readonly string[] Messages =
    [
        "GET /api/v1/orders/{0}?expand=lines&page=3 200 in 12.7 ms, 4096 bytes to 10.42.7.19",
        "Reconciled generation {0}: 3 of 3 replicas ready, nothing to do",
        "cache miss key=session:{0} backend=redis-2 took 1.93 ms, refilled from the database",
        "Connexion établie avec le client n° {0}; délai d'attente par défaut de 30 s",
        "retrying after a timeout of the upstream 10.42.3.7:8443, attempt=2 id={0} tenant=aura",
        @"Unhandled error in worker.cs:line 88\n   at Worker.Run(Job {0})\n   at Program.Main()",
    ];

    private static readonly DateTime Start = new(2026, 11, 22, 0, 0, 0, DateTimeKind.Utc);

    private readonly Random _random = new(7);

    public byte[] Next(int first, int count)
    {
        var body = new StringBuilder(count * 950);
        for (var n = first; n < first + count; n++)
            Append(body, n);
        return Encoding.UTF8.GetBytes(body.ToString());
    }

    private void Append(StringBuilder body, int n)
    {
        var pod = _random.Next(60);
        var service = Services[pod % Services.Length];
        var time = Start.AddTicks(TimeSpan.TicksPerDay / total * n).ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture);
        var id = _random.NextInt64().ToString("x16", CultureInfo.InvariantCulture);
        var message = string.Format(CultureInfo.InvariantCulture, Messages[_random.Next(Messages.Length)], id);
        var stream = pod % 7 == 0 ? "stderr" : "stdout";
        var level = n % 50 == 0 ? "error" : "info";
        body.Append(CultureInfo.InvariantCulture, $$$"""
            {"create":{"_index":"aura-services-2026.11.22","_id":"{{{n:x8}}}-{{{id}}}"}}
            {"@timestamp":"{{{time}}}00Z","seq":{{{n}}},"time":"{{{time}}}00Z","stream":"{{{stream}}}","_p":"F","level":"{{{level}}}",
            """).Append(CultureInfo.InvariantCulture, $$$"""
            "log":"{{{message}}} upstream request handled, retry=false user tenant=aura correlation {{{id}}}",
            """).Append(CultureInfo.InvariantCulture, $$$"""
            "kubernetes":{"pod_name":"{{{service}}}-6d4cf56db6-{{{pod:x5}}}","namespace_name":"aura-services",
            """).Append("""
            "pod_id":"0b35b1de-250e-4b34-a4aa-07b49e6397d4",
            """).Append(CultureInfo.InvariantCulture, $$$"""
            "labels":{"app.kubernetes.io/name":"{{{service}}}","pod-template-hash":"6d4cf56db6"},
            """).Append(CultureInfo.InvariantCulture, $$$"""
            "host":"aks-nodepool1-31718369-vmss00000{{{pod % 9}}}","container_name":"{{{service}}}",
            """).Append("""
            "docker_id":"c3a9e88963b759f598b81c66e10c167dc8b6eaffb74b589be48e9e02a854c834",
            """).Append(CultureInfo.InvariantCulture, $$$"""
            "container_image":"aura.azurecr.io/{{{service}}}:2026.11.3"}}
            """).Append('\n');
    }
}
