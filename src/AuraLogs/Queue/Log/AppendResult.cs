namespace AuraLogs.Queue.Log;

internal enum AppendResult
{
    Appended,

    /// <summary>The segments would take more than they may.</summary>
    QueueFull,

    /// <summary>The pages in memory wait for the disk.</summary>
    BufferFull,

    /// <summary>The disk failed and the log is not open again yet.</summary>
    Failing,

    /// <summary>The append failed in a way that nobody expected, and the log with it: the next commit tells, and opens it again.</summary>
    Broken,
}
