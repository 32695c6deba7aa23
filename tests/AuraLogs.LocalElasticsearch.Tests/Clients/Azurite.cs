using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AuraLogs.LocalElasticsearch.Tests.Clients;

/// <summary>What an operator does beforehand: the container.</summary>
internal static class Azurite
{
    public static async Task CreateContainerAsync(HttpClient client, int port, string key, string container)
    {
        using HttpRequestMessage request = new(HttpMethod.Put, new Uri($"http://127.0.0.1:{port}/devstoreaccount1/{container}?restype=container"));
        string date = DateTimeOffset.UtcNow.ToString("R", CultureInfo.InvariantCulture);
        request.Headers.Add("x-ms-date", date);
        request.Headers.Add("x-ms-version", "2021-08-06");
        string toSign = $"PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:{date}\nx-ms-version:2021-08-06\n/devstoreaccount1/devstoreaccount1/{container}\nrestype:container";
        string signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(toSign)));
        request.Headers.TryAddWithoutValidation("Authorization", "SharedKey devstoreaccount1:" + signature);
        using HttpResponseMessage response = await client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
