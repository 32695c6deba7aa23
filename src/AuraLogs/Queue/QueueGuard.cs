namespace AuraLogs.Queue;

/// <summary>Opens the queue with the host, and takes the host down when the queue can't go on.</summary>
internal sealed class QueueGuard(LogQueue queue) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => queue.Work.WaitAsync(stoppingToken);
}
