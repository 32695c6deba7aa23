using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using AuraLogs.Hosting;

namespace AuraLogs.Tests.Architecture;

/// <summary>
/// Which folder of <c>src/AuraLogs</c> may use which: the picture in ARCHITECTURE.md, one line a folder. Arrows go down only, so a circle
/// is impossible; a new arrow is a line here first.
/// </summary>
public sealed class DirectionTests
{
    private const string Product = "AuraLogs.";
    private const string Entry = "Program";

    private static readonly string[] Leaves = ["Configuration", "Memory", "MessagePack", "Secrets", "Telemetry", "Unpacking"];

    /// <summary>What each folder may use beside itself. The order is that of the picture: a folder uses only what stands below it.</summary>
    private static readonly (string Folder, string[] Uses)[] Allowed =
    [
        (Entry, ["Commands", "Hosting", "Configuration"]),
        ("Commands", ["Hosting", "Operations", "Lifecycle", "Forward", "Indexing", "Queue", "Elasticsearch", .. Leaves]),
        ("Hosting", ["Operations", "Lifecycle", "Forward", "Indexing", "Queue", "Elasticsearch", .. Leaves]),
        ("Operations", ["Lifecycle", "Forward", "Indexing", "Queue", "Elasticsearch", .. Leaves]),
        ("Lifecycle", ["Elasticsearch", .. Leaves]),
        ("Forward", ["Queue", .. Leaves]),
        ("Indexing", ["Queue", "Elasticsearch", .. Leaves]),
        ("Queue", Leaves),
        ("Elasticsearch", Leaves),
        ("Secrets", ["Configuration"]),
        ("Configuration", []),
        ("Memory", []),
        ("MessagePack", []),
        ("Telemetry", []),
        ("Unpacking", []),
    ];

    /// <summary>Rooms of a stage that nobody outside of it uses.</summary>
    private static readonly string[] Closed =
    [
        "Forward.Acknowledging", "Forward.Decoding", "Forward.Refusing", "Forward.Salvage", "Forward.Security", "Forward.Sockets", "Forward.Storing", "Forward.Tls",
        "Indexing.Judging", "Indexing.Sending",
        "Queue.Format", "Queue.Log", "Queue.Progress",
    ];

    /// <summary>Types of closed rooms that others read all the same: settings, which the composition root checks, and what the queue reports of itself.</summary>
    private static readonly string[] Open = ["ForwardSecurityOptions", "ForwardNetworkOptions", "ForwardUserOptions", "ForwardTlsOptions", "QueueState"];

    private static readonly Lazy<ILookup<string, (IType From, IType To)>> Uses = new(Load);

    [Fact]
    public void Every_folder_stands_in_the_table() =>
        Assert.Equal(Allowed.Select(row => row.Folder).Order(StringComparer.Ordinal), Uses.Value.Select(group => group.Key).Order(StringComparer.Ordinal));

    [Fact]
    public void Folders_use_only_what_stands_below_them()
    {
        var order = Allowed.Select(row => row.Folder).ToList();
        Assert.All(Allowed, row => Assert.All(row.Uses.Except(Leaves), used => Assert.True(order.IndexOf(used) > order.IndexOf(row.Folder))));
        foreach (var (folder, allowed) in Allowed)
        {
            var wrong = Uses.Value[folder]
                .Where(use => FolderOf(use.To) is var to && to != folder && !allowed.Contains(to))
                .Select(use => $"{use.From.FullName} uses {use.To.FullName}");
            AssertNone(wrong);
        }
    }

    [Fact]
    public void Nobody_outside_a_stage_uses_its_closed_rooms()
    {
        var wrong = Uses.Value.SelectMany(group => group)
            .Where(use => RoomOf(use.To) is var room && Closed.Contains(room) && FolderOf(use.From) != FolderOf(use.To) && !Open.Contains(use.To.Name))
            .Select(use => $"{use.From.FullName} uses {use.To.FullName}");
        AssertNone(wrong);
    }

    private static void AssertNone(IEnumerable<string> wrong)
    {
        var all = wrong.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        Assert.True(all.Count == 0, string.Join(Environment.NewLine, all));
    }

    private static ILookup<string, (IType From, IType To)> Load()
    {
        var architecture = new ArchLoader().LoadAssembly(typeof(Service).Assembly).Build();
        return architecture.Types
            .Where(IsOurs)
            .SelectMany(type => type.Dependencies.Select(dependency => dependency.Target).Where(IsOurs).Append(type).Select(target => (From: type, To: target)))
            .ToLookup(use => FolderOf(use.From));
    }

    private static bool IsOurs(IType type) =>
        type.FullName.StartsWith(Product, StringComparison.Ordinal) && !type.FullName.StartsWith("AuraLogs.LocalElasticsearch", StringComparison.Ordinal)
        || type.FullName.StartsWith(Entry, StringComparison.Ordinal);

    private static string FolderOf(IType type) => type.FullName.StartsWith(Entry, StringComparison.Ordinal) ? Entry : type.FullName.Split('.')[1];

    private static string RoomOf(IType type) => string.Join('.', type.FullName.Split('.').Skip(1).Take(2));
}
