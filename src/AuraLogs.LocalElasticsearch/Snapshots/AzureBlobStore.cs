using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace AuraLogs.LocalElasticsearch.Snapshots;

/// <summary>
/// A repository of the type <c>azure</c>: blobs of a container, over Azure's REST API with a shared key.
/// <code>
/// string-to-sign = VERB LF *11(standard header LF) canonicalized-headers canonicalized-resource
/// Authorization  = "SharedKey" account ":" base64(hmac-sha256(base64-decode(key), string-to-sign))
/// </code>
/// https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key
/// </summary>
internal sealed class AzureBlobStore(HttpClient http, Uri endpoint, string account, string key, string container, string basePath, TimeProvider time)
    : IBlobStore
{
    private const string ApiVersion = "2021-08-06";

    public async Task PutAsync(string name, ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Put, NameOf(name), [], data, cancel);
        await CheckAsync(response, cancel);
    }

    public async Task<byte[]?> GetAsync(string name, CancellationToken cancel)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, NameOf(name), [], null, cancel);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        await CheckAsync(response, cancel);
        return await response.Content.ReadAsByteArrayAsync(cancel);
    }

    public async Task<bool> ExistsAsync(string name, CancellationToken cancel)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Head, NameOf(name), [], null, cancel);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return false;
        await CheckAsync(response, cancel);
        return true;
    }

    public async Task DeleteAsync(string name, CancellationToken cancel)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Delete, NameOf(name), [], null, cancel);
        if (response.StatusCode != HttpStatusCode.NotFound)
            await CheckAsync(response, cancel);
    }

    public async Task<List<string>> ListAsync(string prefix, CancellationToken cancel)
    {
        List<string> names = [];
        string marker = "";
        do
        {
            SortedDictionary<string, string> query = new(StringComparer.Ordinal) { ["comp"] = "list", ["prefix"] = NameOf(prefix), ["restype"] = "container" };
            if (marker.Length > 0)
                query["marker"] = marker;
            using HttpResponseMessage response = await SendAsync(HttpMethod.Get, "", query, null, cancel);
            await CheckAsync(response, cancel);
            string text = await response.Content.ReadAsStringAsync(cancel);
            XElement root = XDocument.Parse(text.TrimStart('\uFEFF')).Root!;
            names.AddRange(root.Descendants("Blob").Select(blob => blob.Element("Name")!.Value[NameOf("").Length..]));
            marker = root.Element("NextMarker")?.Value ?? "";
        }
        while (marker.Length > 0);
        return names;
    }

    private string NameOf(string name) => basePath.Length == 0 ? name : $"{basePath}/{name}";

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string blob, SortedDictionary<string, string> query, ReadOnlyMemory<byte>? body, CancellationToken cancel)
    {
        string path = $"{endpoint.AbsolutePath.TrimEnd('/')}/{container}" + (blob.Length == 0 ? "" : "/" + blob);
        string parameters = string.Join('&', query.Select(parameter => $"{parameter.Key}={Uri.EscapeDataString(parameter.Value)}"));
        UriBuilder uri = new(endpoint) { Path = path, Query = parameters };
        using HttpRequestMessage request = new(method, uri.Uri);
        SortedDictionary<string, string> headers = new(StringComparer.Ordinal)
        {
            ["x-ms-date"] = time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture),
            ["x-ms-version"] = ApiVersion,
        };
        if (body is { } data)
        {
            headers["x-ms-blob-type"] = "BlockBlob";
            request.Content = new ReadOnlyMemoryContent(data);
            request.Content.Headers.ContentLength = data.Length;
        }

        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        string length = body is { Length: > 0 } sent ? sent.Length.ToString(CultureInfo.InvariantCulture) : "";
        string toSign = $"{method}\n\n\n{length}\n\n\n\n\n\n\n\n\n"
            + string.Concat(headers.Select(header => $"{header.Key}:{header.Value}\n"))
            + $"/{account}{uri.Uri.AbsolutePath}"
            + string.Concat(query.Select(parameter => $"\n{parameter.Key}:{parameter.Value}"));
        string signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(toSign)));
        request.Headers.TryAddWithoutValidation("Authorization", $"SharedKey {account}:{signature}");
        try
        {
            return await http.SendAsync(request, cancel);
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"the blob storage at {endpoint.Authority} can't be reached: {e.Message}", e);
        }
    }

    private static async Task CheckAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.IsSuccessStatusCode)
            return;
        string body = await response.Content.ReadAsStringAsync(cancel);
        int code = body.IndexOf("<Code>", StringComparison.Ordinal);
        string reason = code < 0 ? response.ReasonPhrase ?? "" : body[(code + 6)..body.IndexOf("</Code>", StringComparison.Ordinal)];
        throw new IOException($"the blob storage answered {(int)response.StatusCode} {reason}");
    }
}
