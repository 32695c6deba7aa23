namespace AuraLogs.Hosting;

/// <summary>What the process says with its end, the service and every command alike.</summary>
internal static class ExitCode
{
    /// <summary>All went well; for the service: it was stopped, also during its start.</summary>
    public const int Good = 0;

    /// <summary>It could not start, a part of it failed, or it did not end in time. Starting again may help.</summary>
    public const int Failure = 1;

    /// <summary>A command found a difference, or damage: <c>lifecycle plan</c>, <c>queue inspect</c>, <c>queue export</c>.</summary>
    public const int Difference = 2;

    /// <summary>The configuration can't be used (EX_CONFIG of sysexits.h). Starting again does not help.</summary>
    public const int Configuration = 78;
}
