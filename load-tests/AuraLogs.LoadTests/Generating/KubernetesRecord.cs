using System.Globalization;

namespace AuraLogs.LoadTests.Generating;

/// <summary>
/// One container log with its Kubernetes metadata, as a daemonset sends it. The sequence number is the record's first
/// field, an unsigned 64-bit integer, so that it can be overwritten in place and found at once in the document.
/// </summary>
internal static class KubernetesRecord
{
    /// <summary>Where the eight bytes of the sequence number start: after the map's header, the key and the type byte.</summary>
    public static int SequenceOffset(int extraFields) => (RootFields + extraFields < 16 ? 1 : 3) + 1 + SequenceKey.Length + 1;

    public const string SequenceKey = "seq";

    public const int RootFields = 7;

    private static readonly string[] Messages =
    [
        "GET /api/v1/orders/{0}?expand=lines&page=3 200 in 12.7 ms, 4096 bytes to 10.42.7.19",
        "Reconciled \"deployment/checkout\" generation {0}: 3 of 3 replicas ready, nothing to do",
        "cache miss key=session:{0} backend=redis-2 took 1.93 ms, refilled from the database",
        "Connexion établie avec le client n° {0}; délai d'attente par défaut de 30 s",
        "{{\"level\":\"warn\",\"caller\":\"worker/pool.go:217\",\"msg\":\"retrying\",\"attempt\":2,\"id\":\"{0}\"}}",
        "Unhandled error in C:\\service\\worker.cs:line 88\n   at Worker.Run(Job {0})\n   at Program.Main()",
    ];

    public static byte[] Build(Random random, int bytes, int extraFields)
    {
        var id = random.NextInt64().ToString("x16", CultureInfo.InvariantCulture);
        var message = string.Format(CultureInfo.InvariantCulture, Messages[random.Next(Messages.Length)], id);
        var bare = Encode(random.Next(), message, extraFields, padding: "").Length;
        // A string grows by its content and, past 255 bytes, by one byte of its header.
        var padding = Math.Max(0, bytes - bare);
        var record = Encode(0, message, extraFields, Filler(random, padding));
        return record.Length <= bytes ? record : Encode(0, message, extraFields, Filler(random, padding - (record.Length - bytes)));
    }

    private static byte[] Encode(int pod, string message, int extraFields, string padding)
    {
        var record = new MessagePackBuilder().Map(RootFields + extraFields);
        record.String(SequenceKey).UInt64(0);
        record.String("time").String("2026-11-22T09:00:28.097479844Z");
        record.String("stream").String("stdout");
        record.String("_p").String("F");
        record.String("level").String("info");
        record.String("log").String(message + padding);
        record.String("kubernetes").Map(8);
        record.String("pod_name").String($"checkout-6d4cf56db6-{pod & 0xfffff:x5}");
        record.String("namespace_name").String("aura-services");
        record.String("pod_id").String("0b35b1de-250e-4b34-a4aa-07b49e6397d4");
        record.String("labels").Map(2);
        record.String("app.kubernetes.io/name").String("checkout");
        record.String("pod-template-hash").String("6d4cf56db6");
        record.String("host").String("aks-nodepool1-31718369-vmss000002");
        record.String("container_name").String("checkout");
        record.String("docker_id").String("c3a9e88963b759f598b81c66e10c167dc8b6eaffb74b589be48e9e02a854c834");
        record.String("container_image").String("aura.azurecr.io/checkout:2026.11.3");
        for (var i = 0; i < extraFields; i++)
            record.String($"f{i:d3}").String("v");
        return record.ToArray();
    }

    /// <summary>Words and hexadecimal ids, so that it compresses as logs do.</summary>
    private static string Filler(Random random, int length)
    {
        string[] words = [" request", " handled", " upstream", " 10.42.3.7:8443", " retry=false", " user", " correlation", " tenant=aura"];
        var text = new System.Text.StringBuilder(length + 16);
        while (text.Length < length)
        {
            if (random.Next(6) == 0)
                text.Append(' ').Append(random.NextInt64().ToString("x16", CultureInfo.InvariantCulture));
            else
                text.Append(words[random.Next(words.Length)]);
        }

        return text.ToString(0, Math.Max(0, length));
    }
}
