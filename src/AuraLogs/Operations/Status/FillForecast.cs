namespace AuraLogs.Operations.Status;

/// <summary>When the queue will be full if it goes on growing as it does.</summary>
internal static class FillForecast
{
    /// <summary>Less growth than this many bytes in a second is none: a queue that breathes is not filling.</summary>
    private const double SlowestGrowth = 1024;

    /// <param name="room">Bytes that the queue may still grow by.</param>
    /// <param name="growth">Bytes that it grew by in a second.</param>
    /// <returns>Seconds; infinity while it does not grow, 0 when there is no room.</returns>
    public static double SecondsUntilFull(double room, double growth)
    {
        if (room <= 0)
            return 0;
        return growth < SlowestGrowth ? double.PositiveInfinity : room / growth;
    }
}
