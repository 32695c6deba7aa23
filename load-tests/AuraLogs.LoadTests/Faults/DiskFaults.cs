using System.IO.MemoryMappedFiles;
using System.Numerics;
using System.Text;

namespace AuraLogs.LoadTests.Faults;

/// <summary>
/// Lets the disk of another process fail: <c>diskfaults.c</c> is loaded into that process, and does what the control file says that both
/// have mapped. Its layout, <c>struct control</c>: 8 bytes of random state, 8 bytes active or not, 12 counters of calls, 8 rules of 104 bytes.
/// </summary>
internal sealed class DiskFaults : IDisposable
{
    private const int ActiveOffset = 8;
    private const int CallsOffset = 16;
    private const int RulesOffset = CallsOffset + 12 * sizeof(long);
    private const int Rules = 8;
    private const int RuleBytes = 104;
    private const int LeftOffset = 24;
    private const int HitsOffset = 32;
    private const int PathOffset = 40;
    private const int PathBytes = 64;
    private const string Source = "diskfaults.c";
    private static readonly Lazy<string> Library = new(Compile);

    private readonly string _directory;
    private readonly string _controlPath;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _control;
    private long _hits;

    /// <param name="directory">Whose files fail.</param>
    /// <param name="controlPath">Where the control file is made.</param>
    /// <param name="seed">Decides which operations fail where not all do.</param>
    public DiskFaults(string directory, string controlPath, int seed)
    {
        (_directory, _controlPath) = (directory, controlPath);
        var bytes = RulesOffset + Rules * RuleBytes;
        _file = MemoryMappedFile.CreateFromFile(controlPath, FileMode.Create, null, bytes);
        _control = _file.CreateViewAccessor(0, bytes);
        _control.Write(0, (ulong)(uint)seed * 2 + 1);
    }

    /// <summary>Whether this machine has what is needed.</summary>
    public static bool Available => OperatingSystem.IsLinux() && Programs.Find("gcc") is not null;

    /// <summary>The variables with which the process is started.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library.Value,
        ["AURALOGS_FAULTS_DIRECTORY"] = _directory,
        ["AURALOGS_FAULTS_CONTROL"] = _controlPath,
    };

    /// <summary>How many operations have gone wrong so far.</summary>
    public long Hits => _hits + Enumerable.Range(0, Rules).Sum(rule => _control.ReadInt64(OffsetOf(rule) + HitsOffset));

    /// <summary>How many such operations there were, gone wrong or not, while anything was set.</summary>
    public long Calls(DiskOperations operation) => _control.ReadInt64(CallsOffset + BitOperations.Log2((uint)operation) * sizeof(long));

    /// <summary>From now on the disk fails like this, and in no other way.</summary>
    public void Set(params DiskFault[] faults)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(faults.Length, Rules);
        Clear();
        for (var rule = 0; rule < faults.Length; rule++)
            Write(OffsetOf(rule), faults[rule]);
        _control.Write(ActiveOffset, 1L);
    }

    /// <summary>From now on the disk is well.</summary>
    public void Clear()
    {
        for (var rule = 0; rule < Rules; rule++)
        {
            // The kind goes first: what hangs looks at it alone.
            _control.Write(OffsetOf(rule), 0);
            _hits += _control.ReadInt64(OffsetOf(rule) + HitsOffset);
            _control.Write(OffsetOf(rule) + HitsOffset, 0L);
        }

        _control.Write(ActiveOffset, 0L);
    }

    public void Dispose()
    {
        Clear();
        _control.Dispose();
        _file.Dispose();
    }

    private static int OffsetOf(int rule) => RulesOffset + rule * RuleBytes;

    private void Write(int offset, DiskFault fault)
    {
        var path = new byte[PathBytes];
        Encoding.UTF8.GetBytes(fault.Path, path.AsSpan(0, PathBytes - 1));
        _control.Write(offset + 4, (int)fault.Operations);
        _control.Write(offset + 8, (int)fault.Error);
        _control.Write(offset + 12, (int)fault.Delay.TotalMilliseconds);
        _control.Write(offset + 16, (int)Math.Round(fault.Share * 65536));
        _control.Write(offset + LeftOffset, fault.Most);
        _control.WriteArray(offset + PathOffset, path, 0, path.Length);
        Thread.MemoryBarrier();
        _control.Write(offset, (int)fault.Kind);
    }

    /// <summary>Once for each process of tests; the library goes with the build's output.</summary>
    private static string Compile()
    {
        var library = Path.Combine(AppContext.BaseDirectory, $"diskfaults.{System.Environment.ProcessId}.so");
        Programs.Run("gcc", "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o", library, Path.Combine(AppContext.BaseDirectory, "Faults", Source), "-ldl");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(library);
        return library;
    }
}
