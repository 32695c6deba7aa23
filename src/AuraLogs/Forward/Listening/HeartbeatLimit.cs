using System.Net;
using System.Net.Sockets;

namespace AuraLogs.Forward.Listening;

/// <summary>
/// Which heartbeats are answered. A forged packet can name as its sender a port that answers whatever it gets, another aggregator's or
/// this one: then answers would go to and fro for ever. So a port is answered at most once in <see cref="Period"/>, which a sender's
/// heartbeats (each second) fit and an answer to an answer doesn't; ports of well-known services and this very port are never
/// answered, and an address gets at most <see cref="MostByAddress"/> answers in a period.
/// </summary>
internal sealed class HeartbeatLimit(TimeProvider time, int ownPort)
{
    public const int MostByAddress = 20;
    public const int MostPorts = 4096;
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);
    private const int FirstFreePort = 1024;

    private Dictionary<IPEndPoint, long> _answered = [];
    private Dictionary<IPEndPoint, long> _before = [];
    private Dictionary<IPAddress, int> _byAddress = [];
    private long _began = time.GetTimestamp();

    public bool Admit(IPEndPoint from)
    {
        if (from.Port < FirstFreePort || from.Port == ownPort)
            return false;
        Turn();
        var now = time.GetTimestamp();
        if (IsRecent(_answered, from, now) || IsRecent(_before, from, now) || _answered.Count >= MostPorts)
            return false;
        var network = NetworkOf(from.Address);
        var count = _byAddress.GetValueOrDefault(network);
        if (count >= MostByAddress)
            return false;
        _byAddress[network] = count + 1;
        _answered[from] = now;
        return true;
    }

    /// <summary>Forgets what was answered more than a period ago.</summary>
    private void Turn()
    {
        var elapsed = time.GetElapsedTime(_began);
        if (elapsed < Period)
            return;
        _before = elapsed < 2 * Period ? _answered : [];
        (_answered, _byAddress, _began) = ([], [], time.GetTimestamp());
    }

    private bool IsRecent(Dictionary<IPEndPoint, long> answered, IPEndPoint from, long now) =>
        answered.TryGetValue(from, out var at) && time.GetElapsedTime(at, now) < Period;

    /// <summary>One who has an IPv6 address has its /64.</summary>
    private static IPAddress NetworkOf(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }
}
