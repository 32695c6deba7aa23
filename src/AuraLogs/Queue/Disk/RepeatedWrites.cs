namespace AuraLogs.Queue.Disk;

/// <summary>Writes that can be left for the next round when the disk fails: each does what is still to be done whenever it is called.</summary>
internal sealed partial class RepeatedWrites(ILogger logger)
{
    /// <returns>Why it failed; null when it did not.</returns>
    public Exception? Try(Action write)
    {
        try
        {
            write();
            return null;
        }
        catch (Exception e) when (DiskError.IsRefusal(e))
        {
            LogFailed(e.Message);
            return e;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The queue's position could not be persisted, or a segment not deleted: {Reason}. It is tried again every second.")]
    private partial void LogFailed(string reason);
}
