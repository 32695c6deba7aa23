using System.Globalization;

namespace AuraLogs.LoadTests.Soaking;

/// <summary>One fault of a soak, and what became of it.</summary>
/// <param name="At">When it began, since the soak's start.</param>
/// <param name="Name">What it was.</param>
/// <param name="Lasting">How long it lasted.</param>
/// <param name="Hits">How many operations, requests, packets or processes it hit.</param>
/// <param name="Told">The problems that the service told of meanwhile, until it had recovered.</param>
/// <param name="Recovery">From its end until 500 further events had been acknowledged.</param>
/// <param name="Crashes">How often the service ended by itself and was started again.</param>
/// <param name="Recovered">False when it took no more logs, and was killed so that the soak went on.</param>
internal sealed record FaultRecord(TimeSpan At, string Name, TimeSpan Lasting, long Hits, string Told, TimeSpan Recovery, int Crashes, bool Recovered)
{
    public const string CsvHeader = "at_s,fault,lasting_s,hits,told,recovery_s,ended_by_itself,recovered";

    public string ToCsv() => string.Create(CultureInfo.InvariantCulture,
        $"{At.TotalSeconds:f1},\"{Name}\",{Lasting.TotalSeconds:f1},{Hits},{Told},{Recovery.TotalSeconds:f1},{Crashes},{(Recovered ? "yes" : "no")}");
}
