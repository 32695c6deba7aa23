using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace AuraLogs.LocalElasticsearch.Rest;

/// <summary>
/// Keeps web pages of other sites away from a port of this machine. Two attacks are refused: DNS rebinding, where a name of the
/// attacker's resolves to this machine and the browser takes it for the same site, and cross-site requests, where a page makes
/// the browser send a form or a script's request here. A program that is not a browser passes: it sends an address or a known
/// name as <c>Host</c> and neither <c>Origin</c> nor <c>Sec-Fetch-Site</c>.
/// <see href="https://www.w3.org/TR/fetch-metadata/">Fetch Metadata</see> defines the latter.
/// </summary>
public sealed class BrowserGuard
{
    private readonly HashSet<string> _hosts;
    private readonly string _setting;

    /// <param name="hosts">Names by which the port may be asked for beside addresses and <c>localhost</c>, separated by commas.</param>
    /// <param name="setting">The key of that setting, for the refusal.</param>
    public BrowserGuard(string hosts, string setting)
    {
        ArgumentNullException.ThrowIfNull(hosts);
        _hosts = new(hosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);
        _setting = setting;
    }

    /// <summary>Why the request is refused, for its sender; null when it is not.</summary>
    public string? RefusalOf(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return RefusalOfHost(request.Host) ?? RefusalOfOrigin(request);
    }

    /// <summary>Why the request is refused because of the name that it asks for; null when it is not.</summary>
    public string? RefusalOfHost(HostString host) =>
        IsKnown(host) ? null : $"The host name of this request is not known here. Names beside localhost and addresses belong in {_setting}.";

    /// <summary>Why the request is refused because of the page that sent it; null when it is not.</summary>
    public static string? RefusalOfOrigin(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        const string Refusal = "Requests that another site's page sends are refused.";
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        bool isForeign = site.Length > 0 && site is not ("same-origin" or "none");
        if (isForeign && !IsLinkFollowed(request))
            return Refusal;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            return null;
        StringValues origin = request.Headers.Origin;
        return StringValues.IsNullOrEmpty(origin) || IsOwn(origin.ToString(), request.Host) ? null : Refusal;
    }

    /// <summary>Only an address, which no DNS answer can change, or a name that is known to be this machine's.</summary>
    private bool IsKnown(HostString host)
    {
        string name = host.Host.TrimEnd('.');
        if (name.StartsWith('['))
            return IPAddress.TryParse(name, out _);
        bool isAddress = name.Count(character => character == '.') == 3 && IPAddress.TryParse(name, out _);
        return isAddress
            || name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || _hosts.Contains(name);
    }

    /// <summary>A reader who follows a link from elsewhere sees the answer; the page that has the link does not.</summary>
    private static bool IsLinkFollowed(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && request.Headers["Sec-Fetch-Mode"] == "navigate"
        && request.Headers["Sec-Fetch-Dest"] == "document";

    // The scheme is left out: behind a proxy that ends TLS it is not the browser's.
    private static bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri)
        && uri.Host.Equals(host.Host, StringComparison.OrdinalIgnoreCase)
        && (host.Port is not { } port ? uri.IsDefaultPort : uri.Port == port);
}
