using AuraLogs.LocalElasticsearch.Rest;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace AuraLogs.LocalElasticsearch;

/// <summary>
/// What the node does without being asked: its schedules and the snapshots that were started. What a disk or a repository refuses is
/// logged and tried again at the next turn; any other failure is told to whoever runs the node.
/// </summary>
internal sealed partial class Background(Action<string, Exception> failed, ILogger<Background> logger)
{
    /// <returns>Whether it went well.</returns>
    public bool TryRun(string name, Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (Exception e) when (IsExpected(e))
        {
            LogFailed(logger, e, name);
        }
        catch (Exception e)
        {
            failed(name, e);
        }

        return false;
    }

    /// <summary>As <see cref="TryRun"/>; the task never fails.</summary>
    public async Task RunAsync(string name, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (IsExpected(e))
        {
            LogFailed(logger, e, name);
        }
        catch (Exception e)
        {
            failed(name, e);
        }
    }

    private static bool IsExpected(Exception e) => e is SqliteException or IOException or UnauthorizedAccessException or ElasticsearchException;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name} failed; it is tried again at its next turn")]
    private static partial void LogFailed(ILogger logger, Exception exception, string name);
}
