using System.Buffers.Binary;
using System.Text;

namespace AuraLogs.Benchmarks.Indexing;

/// <summary>Events as a daemonset sends them: a container's log line with its Kubernetes metadata, about 690 bytes a record.</summary>
internal static class KubernetesEvents
{
    public const int Count = 1000;

    public static byte[] Write()
    {
        var bytes = new List<byte>();
        for (var n = 0; n < Count; n++)
            WriteEvent(bytes, n);
        return [.. bytes];
    }

    private static void WriteEvent(List<byte> bytes, int n)
    {
        Span<byte> time = stackalloc byte[10];
        time[0] = 0xd7;
        BinaryPrimitives.WriteUInt32BigEndian(time[2..], (uint)(1795338028 + (n / 100)));
        BinaryPrimitives.WriteUInt32BigEndian(time[6..], (uint)(n * 9973));
        bytes.Add(0x92);
        bytes.AddRange(time);
        bytes.Add(0x85);
        Pair(bytes, "time", "2026-11-22T09:00:28.097479844Z");
        Pair(bytes, "stream", "stderr");
        Pair(bytes, "_p", "F");
        Pair(bytes, "log", $$"""{"lvl":"ERROR","corr":"0b35b1de250e7b34a4aa07b49e6397d4","svc":"aura-bridge","seq":{{n}},"msg":"TLS handshake with 127.0.0.1:2449 failed: EOF"}""");
        Text(bytes, "kubernetes");
        bytes.Add(0x88);
        Pair(bytes, "pod_name", "aura-bridge-fbbe3849-abcde");
        Pair(bytes, "namespace_name", "aura-system");
        Pair(bytes, "pod_id", "5f0a6a3e-9c1d-4a59-8a3f-3f7a1a5c6d21");
        Pair(bytes, "host", "aks-nodepool1-31245678-vmss000003");
        Pair(bytes, "container_name", "aura-bridge");
        Pair(bytes, "docker_id", "c3a9e88963b759f598b81c66e10c167dc8b6eaffb74b589be48e9e02a854c834");
        Pair(bytes, "container_image", "registry.example.com/aura/aura-bridge:2026.11.3");
        Text(bytes, "labels");
        bytes.Add(0x83);
        Pair(bytes, "app", "aura-bridge");
        Pair(bytes, "app.kubernetes.io/name", "aura-bridge");
        Pair(bytes, "pod-template-hash", "fbbe3849");
    }

    private static void Pair(List<byte> bytes, string key, string value)
    {
        Text(bytes, key);
        Text(bytes, value);
    }

    private static void Text(List<byte> bytes, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        if (utf8.Length < 32)
            bytes.Add((byte)(0xa0 | utf8.Length));
        else
            bytes.AddRange([0xd9, (byte)utf8.Length]);
        bytes.AddRange(utf8);
    }
}
