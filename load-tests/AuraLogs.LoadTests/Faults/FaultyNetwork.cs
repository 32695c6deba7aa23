using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AuraLogs.LoadTests.Faults;

/// <summary>
/// Two network namespaces of our own with a cable between them: the product is inside, its senders and Elasticsearch are outside. The
/// packets in between can be dropped, refused or slowed down with nftables; nothing of the machine's own network is touched.
/// </summary>
internal sealed partial class FaultyNetwork : IDisposable
{
    /// <summary>Where senders and Elasticsearch are.</summary>
    public static readonly IPAddress OutsideAddress = IPAddress.Parse("10.213.0.2");

    private const int NewNetworkNamespace = 0x40000000;
    private readonly string _inside;
    private readonly string _outside;

    private FaultyNetwork(string name) => (_inside, _outside) = ($"{name}-in", $"{name}-out");

    /// <summary>Where the product listens.</summary>
    public IPAddress Inside { get; } = IPAddress.Parse("10.213.0.1");

    /// <summary>Sets it up.</summary>
    /// <param name="reason">Why that is not possible here.</param>
    public static FaultyNetwork? TryCreate(out string? reason)
    {
        var network = new FaultyNetwork($"auralogs-{Environment.ProcessId}-{Random.Shared.Next(10_000)}");
        try
        {
            network.Create();
            reason = null;
            return network;
        }
        catch (InvalidOperationException e)
        {
            network.Dispose();
            reason = e.Message;
            return null;
        }
    }

    /// <summary>Packets between the product and the port outside vanish, in both directions; connections stay as they are.</summary>
    public void BlackHole(int outsidePort) => SetRules(
        $"ip saddr {OutsideAddress} tcp sport {outsidePort} counter drop", $"ip daddr {OutsideAddress} tcp dport {outsidePort} counter drop");

    /// <summary>Everything between inside and outside vanishes.</summary>
    public void Partition() => SetRules($"ip saddr {OutsideAddress} counter drop", $"ip daddr {OutsideAddress} counter drop");

    /// <summary>Each packet to and from the outside is answered with a reset.</summary>
    public void Reset() => SetRules(
        $"ip saddr {OutsideAddress} ip protocol tcp counter reject with tcp reset", $"ip daddr {OutsideAddress} ip protocol tcp counter reject with tcp reset");

    /// <summary>What exceeds the rate is dropped, so that TCP slows down as on a bad line.</summary>
    public void Slow(int kilobytesPerSecond) => SetRules(
        $"ip saddr {OutsideAddress} limit rate over {kilobytesPerSecond} kbytes/second counter drop",
        $"ip daddr {OutsideAddress} limit rate over {kilobytesPerSecond} kbytes/second counter drop");

    /// <summary>Everything passes again.</summary>
    /// <returns>How many packets were hit since the fault began.</returns>
    public long Heal()
    {
        var hits = HitPackets();
        Nft("flush table inet faults");
        return hits;
    }

    /// <summary>How many packets the rules of this moment have hit.</summary>
    public long HitPackets()
    {
        var start = new ProcessStartInfo(Programs.Find("ip") ?? "ip", ["netns", "exec", _inside, "nft", "list", "table", "inet", "faults"])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var rules = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var words = rules.Split([' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return Enumerable.Range(0, words.Length - 1)
            .Where(i => words[i] == "packets").Sum(i => long.Parse(words[i + 1], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>The command that runs a program inside.</summary>
    public ProcessStartInfo StartInside(string program, IEnumerable<string> arguments) =>
        new(Programs.Find("ip") ?? "ip", ["netns", "exec", _inside, program, .. arguments]);

    public Socket NewOutsideSocket() => Outside(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));

    /// <summary>Makes something, as a listening socket, outside.</summary>
    public T Outside<T>(Func<T> make) => In(_outside, make);

    /// <summary>For requests to the product's loopback.</summary>
    public SocketsHttpHandler InsideHandler() => new()
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = In(_inside, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    public void Dispose()
    {
        // What is in a namespace goes with it, the cable with either end.
        Programs.TryRun("ip", "netns", "delete", _inside);
        Programs.TryRun("ip", "netns", "delete", _outside);
    }

    private void Create()
    {
        Programs.Run("ip", "netns", "add", _inside);
        Programs.Run("ip", "netns", "add", _outside);
        Programs.Run("ip", "-n", _inside, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", _outside);
        foreach (var (name, address) in (ReadOnlySpan<(string, IPAddress)>)[(_inside, Inside), (_outside, OutsideAddress)])
        {
            Programs.Run("ip", "-n", name, "address", "add", $"{address}/24", "dev", "cable");
            Programs.Run("ip", "-n", name, "link", "set", "cable", "up");
            Programs.Run("ip", "-n", name, "link", "set", "lo", "up");
        }

        Nft("add table inet faults");
        Nft("add chain inet faults in { type filter hook input priority 0 ; }");
        Nft("add chain inet faults out { type filter hook output priority 0 ; }");
    }

    private void SetRules(string incoming, string outgoing)
    {
        Nft("flush table inet faults");
        Nft($"add rule inet faults in {incoming}");
        Nft($"add rule inet faults out {outgoing}");
    }

    private void Nft(string command) => Programs.Run("ip", "netns", "exec", _inside, "nft", command);

    /// <summary>A socket belongs to the namespace of the thread that makes it, and stays there.</summary>
    private static T In<T>(string name, Func<T> make)
    {
        var made = default(T);
        ExceptionDispatchInfo? failed = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle($"/run/netns/{name}");
                if (SetNamespace(file, NewNetworkNamespace) != 0)
                    throw new InvalidOperationException($"The network namespace {name} can't be entered: {Marshal.GetLastPInvokeErrorMessage()}");
                made = make();
            }
            catch (Exception e)
            {
                failed = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failed?.Throw();
        return made!;
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetNamespace(SafeFileHandle file, int kind);
}
