using System.Diagnostics;

namespace AuraLogs.LoadTests.Matrix;

/// <summary>Fluent Bit as an aggregator: forward in, its file system buffer, <c>es</c> out.</summary>
/// <param name="executable">The binary.</param>
/// <param name="settings">What differs from the defaults, in words.</param>
/// <param name="sync"><c>storage.sync</c>: <c>normal</c> or <c>full</c>.</param>
/// <param name="output">More settings of the output, as <c>generate_id on</c>.</param>
internal sealed class FluentBitContender(string executable, string settings, string sync, params string[] output)
    : Contender("Fluent Bit", settings)
{
    protected override ProcessStartInfo Command(int forwardPort, int elasticsearchPort, string directory)
    {
        var configuration = Path.Combine(directory, "fluent-bit.conf");
        File.WriteAllText(configuration, $"""
            [SERVICE]
                log_level warn
                storage.path {directory}/storage
                storage.sync {sync}

            [INPUT]
                name forward
                listen 127.0.0.1
                port {forwardPort}
                buffer_max_size 64M
                storage.type filesystem

            [OUTPUT]
                name es
                match *
                host 127.0.0.1
                port {elasticsearchPort}
                logstash_format on
                logstash_prefix aura-services
                suppress_type_name on
                retry_limit false
            {string.Concat(output.Select(line => $"    {line}\n"))}
            """);
        return new ProcessStartInfo(executable, ["-c", configuration]);
    }
}
