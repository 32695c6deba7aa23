namespace AuraLogs.Forward.Decoding;

/// <summary>The values of the option <c>fluent_signal</c>: Fluent Bit's event types (<c>flb_event.h</c>).</summary>
internal static class Signals
{
    public const int Logs = 0;

    public static string Name(int signal) => signal switch
    {
        Logs => "logs",
        1 => "metrics",
        2 => "traces",
        3 => "profiles",
        4 => "blobs",
        _ => "unknown",
    };
}
