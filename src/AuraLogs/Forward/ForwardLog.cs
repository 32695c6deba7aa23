namespace AuraLogs.Forward;

/// <summary>The log lines of the forward source. None shows what a client sent.</summary>
internal static partial class ForwardLog
{
    [LoggerMessage(1, LogLevel.Information, "Taking logs on {EndPoint} (forward protocol).")]
    public static partial void Listening(this ILogger logger, string endPoint);

    [LoggerMessage(2, LogLevel.Warning, "Closed the connection of {Client}: {Reason} at byte {Offset}.")]
    public static partial void Refused(this ILogger logger, string client, string reason, long offset);

    [LoggerMessage(3, LogLevel.Warning, "{Client} sends {Signal}, which are not logs: acknowledged and not kept. Send them elsewhere.")]
    public static partial void OtherSignal(this ILogger logger, string client, string signal);

    [LoggerMessage(4, LogLevel.Warning, "Closed the connection of {Client} without acknowledging: the queue's disk failed.")]
    public static partial void NotStored(this ILogger logger, string client);

    [LoggerMessage(5, LogLevel.Information, "Took no more connections; {Connections} ended in order, {Aborted} were cut off.")]
    public static partial void Stopped(this ILogger logger, int connections, int aborted);

    [LoggerMessage(6, LogLevel.Warning, "A connection could not be accepted: {Error}.")]
    public static partial void NotAccepted(this ILogger logger, System.Net.Sockets.SocketError error);

    [LoggerMessage(7, LogLevel.Error, "Closed the connection of {Client} for an error of our own.")]
    public static partial void Failed(this ILogger logger, Exception exception, string client);
}
