using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Salvage;

namespace AuraLogs.Forward.Refusing;

/// <summary>
/// Log lines that clients can cause. No more than <see cref="MaxLines"/> in <see cref="Period"/>; of the others, one line tells how many they were.
/// </summary>
internal sealed class RefusalLog(ILogger logger, TimeProvider time)
{
    public const int MaxLines = 20;
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private long _periodStart = time.GetTimestamp();
    private int _lines;
    private long _suppressed;

    public ILogger Logger => logger;

    /// <summary>A connection was refused or closed.</summary>
    public void Refused(string client, Refusal reason, long offset)
    {
        if (MayWrite())
            logger.Refused(client, reason.Name(), offset, reason.Hint());
    }

    public void OtherSignal(string client, int signal)
    {
        if (MayWrite())
            logger.OtherSignal(client, Signals.Name(signal));
    }

    public void NotStored(string client)
    {
        if (MayWrite())
            logger.NotStored(client);
    }

    /// <summary>A message was taken although it was damaged.</summary>
    public void Damaged(string client, string tag, MessageDamage damage)
    {
        if (damage.Cut > 0 && MayWrite())
            logger.Cut(client, tag, damage.Cut, damage.Whole);
        if (damage.Unreadable > 0 && MayWrite())
            logger.SetAside(client, tag, damage.Unreadable);
    }

    public void Silent(string client, TimeSpan time)
    {
        if (MayWrite())
            logger.Silent(client, (long)time.TotalSeconds);
    }

    private bool MayWrite()
    {
        long suppressed = 0;
        bool may;
        lock (_lock)
        {
            if (time.GetElapsedTime(_periodStart) >= Period)
            {
                _periodStart = time.GetTimestamp();
                _lines = 0;
                (suppressed, _suppressed) = (_suppressed, 0);
            }

            may = _lines++ < MaxLines;
            if (!may)
                _suppressed++;
        }

        if (suppressed > 0)
            logger.Suppressed(suppressed);
        return may;
    }
}
