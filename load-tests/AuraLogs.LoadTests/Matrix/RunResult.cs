using AuraLogs.LoadTests.Generating;
using AuraLogs.LoadTests.Measuring;

namespace AuraLogs.LoadTests.Matrix;

/// <summary>One run of one contender.</summary>
/// <param name="Load">What the generator saw.</param>
/// <param name="Complete">From the start to the last document's arrival.</param>
/// <param name="Created">Different documents that arrived.</param>
/// <param name="Conflicts">Documents that came again under the same id.</param>
/// <param name="Duplicates">Documents that came again under another id, or none: they are in the index twice.</param>
/// <param name="Missing">Documents that never arrived.</param>
/// <param name="Usage">What the contender used, from after its start to the last document.</param>
/// <param name="OwnCpu">What the generator and the sink used meanwhile.</param>
internal sealed record RunResult(
    LoadResult Load, TimeSpan Complete, long Created, long Conflicts, long Duplicates, long Missing, ProcessUsage Usage, TimeSpan OwnCpu)
{
    public double CpuSecondsPerMillion => Usage.Cpu.TotalSeconds / Load.Records * 1e6;

    public double EndToEndPerSecond => Created / Complete.TotalSeconds;

    public double PeakMegabytes => Usage.PeakResidentBytes / 1e6;

    public bool Whole => Missing == 0 && Load.Acked == Load.Records;
}
