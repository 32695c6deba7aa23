using System.Net.Sockets;

namespace AuraLogs.Forward;

/// <summary>The log lines of the forward source. None shows what a client sent.</summary>
internal static partial class ForwardLog
{
    [LoggerMessage(1, LogLevel.Information, "Taking logs on {EndPoint} (forward protocol, {Kind}).")]
    public static partial void Listening(this ILogger logger, string endPoint, string kind);

    [LoggerMessage(2, LogLevel.Warning, "Closed the connection of {Client}: {Reason} at byte {Offset}.{Hint}")]
    public static partial void Refused(this ILogger logger, string client, string reason, long offset, string hint);

    [LoggerMessage(3, LogLevel.Warning, "{Client} sends {Signal}, which are not logs: acknowledged and not kept. Send them elsewhere.")]
    public static partial void OtherSignal(this ILogger logger, string client, string signal);

    [LoggerMessage(4, LogLevel.Warning, "Closed the connection of {Client} without acknowledging: the queue's disk failed.")]
    public static partial void NotStored(this ILogger logger, string client);

    [LoggerMessage(5, LogLevel.Information, "Take no more logs; {Ended} connections ended in order, {Aborted} were cut off.")]
    public static partial void Stopped(this ILogger logger, int ended, int aborted);

    [LoggerMessage(6, LogLevel.Warning, "A connection could not be accepted: {Error}.")]
    public static partial void NotAccepted(this ILogger logger, SocketError error);

    [LoggerMessage(7, LogLevel.Error, "Closed the connection of {Client} for an error of our own.")]
    public static partial void Failed(this ILogger logger, Exception exception, string client);

    [LoggerMessage(8, LogLevel.Warning, "{Count} more connections were closed in the last seconds, for what auralogs_forward_refused_total says.")]
    public static partial void Suppressed(this ILogger logger, long count);

    [LoggerMessage(9, LogLevel.Information, "Took the new certificate from its files; it ends {NotAfter:u}.")]
    public static partial void CertificatesReloaded(this ILogger logger, DateTime notAfter);

    [LoggerMessage(10, LogLevel.Warning, "The certificate files have changed and can't be used, so the certificate from before stays: {Error}")]
    public static partial void CertificatesNotReloaded(this ILogger logger, string error);

    [LoggerMessage(14, LogLevel.Warning, "The secrets can't be read again, so those from before stay: {Error}")]
    public static partial void SecretsNotReloaded(this ILogger logger, string error);

    [LoggerMessage(11, LogLevel.Debug, "A UDP heartbeat could not be answered: {Error}.")]
    public static partial void HeartbeatFailed(this ILogger logger, SocketError error);

    [LoggerMessage(12, LogLevel.Warning, "UDP heartbeats on {EndPoint} are not answered: {Error}.")]
    public static partial void NoHeartbeat(this ILogger logger, string endPoint, SocketError error);

    [LoggerMessage(13, LogLevel.Warning, "Messages compressed with zstd will be refused: libzstd.so.1 is not installed (Debian: apt-get install libzstd1).")]
    public static partial void NoZstd(this ILogger logger);

    [LoggerMessage(14, LogLevel.Warning, "{Client} sent {Events} events that are too large, tag {Tag}: stored with their strings cut, {Whole} of them whole in quarantine/.")]
    public static partial void Cut(this ILogger logger, string client, string tag, int events, int whole);

    [LoggerMessage(15, LogLevel.Warning, "{Client} sent a chunk with values that are not events, tag {Tag}: {Values} were set aside as dead letters, the rest was taken.")]
    public static partial void SetAside(this ILogger logger, string client, string tag, int values);

    [LoggerMessage(16, LogLevel.Warning, "{Client} has connected and sent nothing for {Seconds} s. If it has a shared key, it waits for a handshake: AuraLogs:Forward:Security asks for none.")]
    public static partial void Silent(this ILogger logger, string client, long seconds);
}
