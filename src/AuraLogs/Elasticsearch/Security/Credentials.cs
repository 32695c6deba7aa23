using System.Net.Http.Headers;
using System.Text;
using AuraLogs.Secrets;

namespace AuraLogs.Elasticsearch.Security;

/// <summary>The Authorization header: basic, API key, bearer or none. Files are read again when they change.</summary>
internal sealed class Credentials(ElasticsearchOptions options, TimeProvider time)
{
    private readonly SecretFile? _passwordFile = FileOrNull(options.PasswordFile, time);
    private readonly SecretFile? _apiKeyFile = FileOrNull(options.ApiKeyFile, time);
    private readonly SecretFile? _bearerTokenFile = FileOrNull(options.BearerTokenFile, time);
    private (string Secret, AuthenticationHeaderValue Header)? _last;

    public AuthenticationHeaderValue? Header
    {
        get
        {
            if (options.Username.Length > 0)
                return HeaderFor("Basic", _passwordFile?.Read() ?? options.Password);
            if (options.ApiKey.Length > 0 || _apiKeyFile is not null)
                return HeaderFor("ApiKey", _apiKeyFile?.Read() ?? options.ApiKey);
            if (options.BearerToken.Length > 0 || _bearerTokenFile is not null)
                return HeaderFor("Bearer", _bearerTokenFile?.Read() ?? options.BearerToken);
            return null;
        }
    }

    /// <summary>The next <see cref="Header"/> looks at the files: after a 401 they may have been replaced a moment ago, or somebody says so.</summary>
    public void Expire()
    {
        _passwordFile?.Expire();
        _apiKeyFile?.Expire();
        _bearerTokenFile?.Expire();
    }

    private AuthenticationHeaderValue HeaderFor(string scheme, string secret)
    {
        if (_last is { } last && last.Secret == secret)
            return last.Header;
        var parameter = scheme == "Basic"
            ? Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.Username}:{secret}"))
            : secret;
        var header = new AuthenticationHeaderValue(scheme, parameter);
        _last = (secret, header);
        return header;
    }

    private static SecretFile? FileOrNull(string path, TimeProvider time) => path.Length > 0 ? new SecretFile(path, time) : null;
}
