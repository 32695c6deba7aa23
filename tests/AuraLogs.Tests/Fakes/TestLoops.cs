using AuraLogs.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuraLogs.Tests.Fakes;

/// <summary>Loops of a part that is tested by itself.</summary>
internal static class TestLoops
{
    public static Loops New(TimeProvider? time = null) => new(time ?? TimeProvider.System, NullLogger<Loops>.Instance);
}
