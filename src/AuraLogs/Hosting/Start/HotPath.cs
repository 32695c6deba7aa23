using System.Reflection;
using System.Runtime.CompilerServices;

namespace AuraLogs.Hosting.Start;

/// <summary>
/// Compiles the way of the data while the rest of the service starts, so that the first chunks do not wait for the compiler:
/// without tiers (see the project file) a method is compiled when it is first called, and the first frame calls hundreds.
/// </summary>
internal static class HotPath
{
    private static readonly string[] Folders = ["Forward", "MessagePack", "Unpacking", "Queue", "Indexing", "Elasticsearch", "Memory", "Telemetry"];

    /// <summary>Runs on a thread of its own. What is needed before it is there is compiled by whoever needs it.</summary>
    public static Task CompileAsync() =>
        Task.Factory.StartNew(Compile, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Compile()
    {
        foreach (var type in typeof(HotPath).Assembly.GetTypes())
        {
            if (type.ContainsGenericParameters || type.IsInterface || !IsOnTheWay(type))
                continue;
            foreach (var method in Methods(type))
                RuntimeHelpers.PrepareMethod(method.MethodHandle);
        }
    }

    private static bool IsOnTheWay(Type type) =>
        Folders.Any(folder => type.Namespace is { } name && name.StartsWith($"{nameof(AuraLogs)}.{folder}", StringComparison.Ordinal));

    private static IEnumerable<MethodBase> Methods(Type type)
    {
        const BindingFlags declared =
            BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        return type.GetMethods(declared).Concat<MethodBase>(type.GetConstructors(declared))
            .Where(method => !method.IsAbstract && !method.ContainsGenericParameters && method.GetMethodBody() is not null);
    }
}
