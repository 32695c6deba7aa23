using AuraLogs.Queue;

namespace AuraLogs.Forward;

/// <summary>The memory that all connections together may receive into; who wants more waits until others have given back.</summary>
internal sealed class ReceiveMemory(long maxBytes)
{
    private readonly AsyncSignal _returned = new();
    private long _taken;
    private int _waiting;

    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Whether somebody waits.</summary>
    public bool IsShort => Volatile.Read(ref _waiting) > 0;

    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= maxBytes)
            return true;
        Interlocked.Add(ref _taken, -bytes);
        return false;
    }

    public async ValueTask TakeAsync(int bytes, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            while (true)
            {
                var returned = _returned.Next;
                if (TryTake(bytes))
                    return;
                await returned.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Return(int bytes)
    {
        Interlocked.Add(ref _taken, -bytes);
        if (IsShort)
            _returned.Set();
    }
}
