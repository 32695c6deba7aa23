using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Lifecycle;

/// <summary>Microsoft's own emulator of Azure's blob storage, in a process of its own, with one container.</summary>
internal sealed partial class Azurite : IAsyncDisposable
{
    /// <summary>The account and key that every emulator has (https://learn.microsoft.com/azure/storage/common/storage-use-azurite).</summary>
    public const string Account = "devstoreaccount1";
    public const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private const string ApiVersion = "2021-08-06";

    private readonly HttpClient _http = new();
    private readonly Process _process;
    private readonly string _container;

    private Azurite(Process process, string container) => (_process, _container) = (process, container);

    /// <summary>The account's blob service.</summary>
    public Uri Endpoint { get; private set; } = null!;

    public static async Task<Azurite> StartAsync(string directory, string container)
    {
        var start = new ProcessStartInfo(Tools.Find("node")!) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            Path.Combine(Tools.NodePackage("azurite"), "dist/src/blob/main.js"), "--blobHost", "127.0.0.1", "--blobPort", "0",
            "--location", directory, "--skipApiVersionCheck", "--disableTelemetry",
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var azurite = new Azurite(new Process { StartInfo = start }, container);
        var ready = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        azurite._process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not null && ListeningLine().Match(line.Data) is { Success: true } match)
                ready.TrySetResult(new Uri($"{match.Groups["url"].Value}/{Account}"));
        };
        azurite._process.Start();
        azurite._process.BeginOutputReadLine();
        azurite._process.BeginErrorReadLine();
        azurite.Endpoint = await ready.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await azurite.SendAsync(HttpMethod.Put, "restype:container");
        return azurite;
    }

    /// <summary>The names of the blobs, as the service lists them.</summary>
    public async Task<IReadOnlyList<string>> ListAsync() =>
        [.. BlobName().Matches(await SendAsync(HttpMethod.Get, "comp:list", "restype:container")).Select(match => match.Groups["name"].Value)];

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Shared key, for a request without a body (https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key).</summary>
    private async Task<string> SendAsync(HttpMethod method, params string[] query)
    {
        var date = DateTime.UtcNow.ToString("R", CultureInfo.InvariantCulture);
        var text = $"{method}{new string('\n', 12)}x-ms-date:{date}\nx-ms-version:{ApiVersion}\n"
            + $"/{Account}/{Account}/{_container}\n{string.Join('\n', query)}";
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Key), Encoding.UTF8.GetBytes(text)));
        var url = $"{Endpoint}/{_container}?{string.Join('&', query).Replace(':', '=')}";
        using var request = new HttpRequestMessage(method, url);
        request.Headers.Add("x-ms-date", date);
        request.Headers.Add("x-ms-version", ApiVersion);
        request.Headers.Add("Authorization", $"SharedKey {Account}:{signature}");
        using var response = await _http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"Azurite answered {(int)response.StatusCode}: {body}");
        return body;
    }

    [GeneratedRegex("successfully listens on (?<url>http://[^ ]+)")]
    private static partial Regex ListeningLine();

    [GeneratedRegex("<Name>(?<name>[^<]+)</Name>")]
    private static partial Regex BlobName();
}
