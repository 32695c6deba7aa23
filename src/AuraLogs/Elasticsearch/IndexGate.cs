namespace AuraLogs.Elasticsearch;

/// <summary>Keeps indexing waiting at the start until new indices get their template. It opens once, for good.</summary>
internal sealed class IndexGate
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsOpen => _opened.Task.IsCompleted;

    public void Open() => _opened.TrySetResult();

    public Task WaitAsync(CancellationToken cancellationToken) => _opened.Task.WaitAsync(cancellationToken);
}
