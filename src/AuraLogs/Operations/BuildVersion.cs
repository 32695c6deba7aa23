using System.Reflection;

namespace AuraLogs.Operations;

/// <summary>The version of this build.</summary>
internal static class BuildVersion
{
    public static string Value { get; } =
        typeof(BuildVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
}
