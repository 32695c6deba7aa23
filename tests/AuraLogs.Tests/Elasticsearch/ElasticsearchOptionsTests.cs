using AuraLogs.Configuration;
using AuraLogs.Elasticsearch;

namespace AuraLogs.Tests.Elasticsearch;

public sealed class ElasticsearchOptionsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void The_defaults_are_valid_and_those_that_are_documented()
    {
        var options = new ElasticsearchOptions();
        Assert.Empty(Errors(_ => { }));
        Assert.True(options.IsLocal);
        Assert.False(options.Gzip);
        Assert.Equal(
            (5, 90, 10, 32 << 20),
            (options.ConnectTimeout.TotalSeconds, options.RequestTimeout.TotalSeconds, options.SilenceTimeout.TotalSeconds, options.MaxResponseBytes));
    }

    [Theory]
    [InlineData("http://a:9200", true)]
    [InlineData(" https://a:9200/path , http://b:9200 ,", true)]
    [InlineData("a:9200", false)]
    [InlineData("http://a:9200,ftp://b", false)]
    [InlineData("http://user:secret@a:9200", false)]
    public void Nodes_are_http_urls_without_credentials(string urls, bool isValid)
    {
        var errors = Errors(options => options.Urls = urls);
        Assert.Equal(isValid, errors.Count == 0);
        Assert.DoesNotContain(errors, error => error.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void One_way_to_authenticate_with_one_source_for_its_secret()
    {
        File.WriteAllText(_file, "secret\n");
        Valid(options => (options.Username, options.Password) = ("u", "p"));
        Valid(options => (options.Username, options.PasswordFile) = ("u", _file));
        Valid(options => options.ApiKeyFile = _file);
        Valid(options => options.BearerToken = "t");

        Invalid("Username", options => (options.Username, options.ApiKey) = ("u", "k"));
        Invalid("Username", options => (options.ApiKey, options.BearerTokenFile) = ("k", _file));
        Invalid("Username", options => options.Password = "p");
        Invalid("Username", options => options.PasswordFile = _file);
        Invalid("Password", options => (options.Username, options.Password, options.PasswordFile) = ("u", "p", _file));
        Invalid("ApiKey", options => (options.ApiKey, options.ApiKeyFile) = ("k", _file));
        Invalid("BearerToken", options => (options.BearerToken, options.BearerTokenFile) = ("t", _file));
        Invalid("PasswordFile", options => (options.Username, options.PasswordFile) = ("u", "/does/not/exist"));
        Invalid("ApiKeyFile", options => options.ApiKeyFile = "/does/not/exist");
        Invalid("BearerTokenFile", options => options.BearerTokenFile = "/does/not/exist");
    }

    [Fact]
    public void Trust_comes_from_a_file_or_a_fingerprint()
    {
        File.WriteAllText(_file, "certificates\n");
        var fingerprint = string.Join(':', Enumerable.Repeat("aB", 32));
        Valid(options => options.CertificateAuthority = _file);
        Valid(options => options.CertificateFingerprint = fingerprint);
        Valid(options => options.CertificateFingerprint = fingerprint.Replace(":", "", StringComparison.Ordinal));

        Invalid("CertificateAuthority", options => options.CertificateAuthority = "/does/not/exist");
        Invalid("CertificateFingerprint", options => options.CertificateFingerprint = fingerprint[..^1]);
        Invalid("CertificateFingerprint", options => options.CertificateFingerprint = new string('g', 64));
        Invalid("CertificateFingerprint", options => (options.CertificateAuthority, options.CertificateFingerprint) = (_file, fingerprint));
    }

    [Fact]
    public void Every_number_and_time_has_its_range()
    {
        var tick = TimeSpan.FromTicks(1);
        Ranged("ConnectTimeout", (options, value) => options.ConnectTimeout = value, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5), -tick, tick);
        Ranged("RequestTimeout", (options, value) => options.RequestTimeout = value, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), -tick, tick);
        Ranged("SilenceTimeout", (options, value) => options.SilenceTimeout = value, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), -tick, tick);
        Valid(options => options.MaxResponseBytes = 64 << 10);
        Valid(options => options.MaxResponseBytes = 1 << 30);
        Invalid("MaxResponseBytes", options => options.MaxResponseBytes = (64 << 10) - 1);
        Invalid("MaxResponseBytes", options => options.MaxResponseBytes = (1 << 30) + 1);
    }

    private static void Ranged(string name, Action<ElasticsearchOptions, TimeSpan> set, TimeSpan least, TimeSpan most, TimeSpan less, TimeSpan more)
    {
        Valid(options => set(options, least));
        Valid(options => set(options, most));
        Invalid(name, options => set(options, least + less));
        Invalid(name, options => set(options, most + more));
    }

    private static void Valid(Action<ElasticsearchOptions> configure) => Assert.Empty(Errors(configure));

    private static void Invalid(string name, Action<ElasticsearchOptions> configure) =>
        Assert.StartsWith($"AuraLogs:Elasticsearch:{name} ", Assert.Single(Errors(configure)), StringComparison.Ordinal);

    private static IReadOnlyList<string> Errors(Action<ElasticsearchOptions> configure)
    {
        var options = new ElasticsearchOptions();
        configure(options);
        var errors = new ConfigurationErrors();
        options.Validate(errors);
        return errors.Messages;
    }
}
