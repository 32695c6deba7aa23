using System.Reflection;
using FASTER.core;

namespace AuraLogs.Queue.Log;

/// <summary>
/// Has FasterLog allocate all of its pages at once. By itself it allocates a page when the first entry reaches it, and when there is no memory
/// then, in the middle of an append, no append ever succeeds again. Its settings have no such choice, so this reaches for the methods that
/// do it; the version of the package is fixed, and a test tells when they are gone.
/// </summary>
internal static class FasterPages
{
    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    private static readonly FieldInfo Allocator =
        typeof(FasterLog).GetField("allocator", Hidden) ?? throw new MissingFieldException(nameof(FasterLog), "allocator");

    private static readonly MethodInfo Allocate = Method("AllocatePage");
    private static readonly MethodInfo IsThere = Method("IsAllocated");

    /// <exception cref="OutOfMemoryException">There is not enough memory; the log must not be used.</exception>
    public static void AllocateAll(FasterLog log, int pages)
    {
        for (var page = 0; page < pages; page++)
        {
            if (!IsAllocated(log, page))
                Call(Allocate, log, page);
        }
    }

    /// <summary>How many of the pages are there.</summary>
    public static int CountAllocated(FasterLog log, int pages) => Enumerable.Range(0, pages).Count(page => IsAllocated(log, page));

    private static bool IsAllocated(FasterLog log, int page) => (bool)Call(IsThere, log, page)!;

    private static object? Call(MethodInfo method, FasterLog log, int page) =>
        method.Invoke(Allocator.GetValue(log), BindingFlags.DoNotWrapExceptions, binder: null, [page], culture: null);

    private static MethodInfo Method(string name) =>
        Allocator.FieldType.GetMethod(name, Hidden, [typeof(int)]) ?? throw new MissingMethodException(Allocator.FieldType.Name, name);
}
