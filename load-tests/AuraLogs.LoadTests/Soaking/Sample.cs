using System.Globalization;
using AuraLogs.LoadTests.Measuring;
using AuraLogs.LoadTests.Sinking;

namespace AuraLogs.LoadTests.Soaking;

/// <summary>How things stand at one moment of a long run.</summary>
/// <param name="At">Since the load's start.</param>
/// <param name="Acked">Events acknowledged so far.</param>
/// <param name="Created">Different documents that have arrived so far.</param>
/// <param name="Duplicates">Documents that would be in the index twice.</param>
/// <param name="Resent">Frames sent again so far.</param>
/// <param name="Usage">What the contender has used so far, and holds.</param>
/// <param name="AckP99">The 99th percentile of the ack latency since the sample before.</param>
/// <param name="Outage">What the sink is doing instead of answering well.</param>
internal sealed record Sample(
    TimeSpan At, long Acked, long Created, long Duplicates, long Resent, ProcessUsage Usage, TimeSpan AckP99, OutageKind? Outage)
{
    public const string CsvHeader = "seconds,acked,created,waiting,duplicates,resent_frames,cpu_s,resident_mb,peak_mb,threads,handles,ack_p99_ms,outage";

    /// <summary>Events acknowledged that have not arrived.</summary>
    public long Waiting => Math.Max(0, Acked - Created);

    public double ResidentMegabytes => Usage.ResidentBytes / 1e6;

    public string ToCsv() => string.Create(CultureInfo.InvariantCulture,
        $"{At.TotalSeconds:f0},{Acked},{Created},{Waiting},{Duplicates},{Resent},{Usage.Cpu.TotalSeconds:f1},{ResidentMegabytes:f1},{Usage.PeakResidentBytes / 1e6:f1},{Usage.Threads},{Usage.Handles},{AckP99.TotalMilliseconds:f1},{Outage}");
}
