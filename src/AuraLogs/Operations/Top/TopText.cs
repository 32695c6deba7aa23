using System.Globalization;
using AuraLogs.Operations.Status;

namespace AuraLogs.Operations.Top;

/// <summary>Figures for people, as the page writes them.</summary>
internal static class TopText
{
    private static readonly string[] ByteUnits = ["B", "KiB", "MiB", "GiB", "TiB"];

    public static string Count(double value) => value is > 0 and < 1
        ? value.ToString("0.0", CultureInfo.InvariantCulture)
        : value.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Bytes(double value)
    {
        var unit = 0;
        for (; value >= 1024 && unit < ByteUnits.Length - 1; unit++)
            value /= 1024;
        var format = unit == 0 || value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00";
        return $"{value.ToString(format, CultureInfo.InvariantCulture)} {ByteUnits[unit]}";
    }

    public static string Latency(Latency latency) => $"{Seconds(latency.P50)}, {Seconds(latency.P99)}";

    public static string Duration(double seconds) => seconds switch
    {
        < 1 => "under 1 s",
        < 60 => $"{seconds:0} s",
        < 3600 => $"{(int)(seconds / 60)} min",
        < 86400 => $"{(int)(seconds / 3600)} h {(int)(seconds % 3600 / 60)} min",
        _ => $"{(int)(seconds / 86400)} d {(int)(seconds % 86400 / 3600)} h",
    };

    private static string Seconds(double? seconds) => seconds switch
    {
        null => "–",
        < 0.01 => (seconds.Value * 1000).ToString("0.0", CultureInfo.InvariantCulture) + " ms",
        < 1 => (seconds.Value * 1000).ToString("0", CultureInfo.InvariantCulture) + " ms",
        _ => seconds.Value.ToString("0.0", CultureInfo.InvariantCulture) + " s",
    };
}
