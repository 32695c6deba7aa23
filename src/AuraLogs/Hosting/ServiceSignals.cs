using System.Runtime.InteropServices;

namespace AuraLogs.Hosting;

/// <summary>
/// What the process does when it is signalled. SIGTERM, SIGINT (Ctrl+C) and SIGQUIT stop the service; during the start there is nothing yet
/// to be stopped in order, so the process ends at once, with 0. SIGHUP reads certificates and secrets again. SIGXFSZ is passed over, so that a write
/// beyond the limit on the size of files fails as one on a full disk does. It takes the place of the host's own
/// handling, which begins only when the host does: after the queue was opened.
/// </summary>
internal sealed class ServiceSignals : IHostLifetime, IDisposable
{
    // SIGXFSZ, whose default is to end the process; .NET has no name for it.
    private const PosixSignal FileTooLarge = (PosixSignal)25;

    private readonly PosixSignalRegistration[] _registrations;
    private volatile bool _endsStart;
    private Action? _stop;
    private Action? _reload;

    public ServiceSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
        PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Stop),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, Reload),
        PosixSignalRegistration.Create(FileTooLarge, context => context.Cancel = true),
    ];

    /// <summary>Whether a signal is ending the process during its start. What the start meets from then on is the end's doing, and no failure.</summary>
    public bool EndsStart => _endsStart;

    /// <summary>The start is over.</summary>
    /// <param name="stop">Begins an orderly stop.</param>
    /// <param name="reload">Reads certificates and secrets again.</param>
    public void Started(Action stop, Action reload)
    {
        Volatile.Write(ref _reload, reload);
        Volatile.Write(ref _stop, stop);
    }

    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Volatile.Read(ref _stop) is { } stop)
        {
            stop();
            return;
        }

        _endsStart = true;
        Environment.Exit(ExitCode.Good);
    }

    private void Reload(PosixSignalContext context)
    {
        context.Cancel = true;
        Volatile.Read(ref _reload)?.Invoke();
    }
}
