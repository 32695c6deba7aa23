using AuraLogs.Configuration;
using AuraLogs.Hosting.Settings;
using AuraLogs.Secrets;
using AuraLogs.Tests.Fakes;

namespace AuraLogs.Tests.Regressions;

/// <summary>A shared key file that was empty, or held only a line end, started without a word, and the empty key got in.</summary>
public sealed class EmptySecretFilesTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("AuraLogs:Forward:Security:SharedKeyFile")]
    [InlineData("AuraLogs:Forward:Security:Networks:0:SharedKeyFile", "--AuraLogs:Forward:Security:Networks:0:Network=10.0.0.0/8")]
    [InlineData(
        "AuraLogs:Forward:Security:Users:0:PasswordFile", "--AuraLogs:Forward:Security:Users:0:Username=ada", "--AuraLogs:Forward:Security:SharedKey=k")]
    [InlineData("AuraLogs:Elasticsearch:PasswordFile", "--AuraLogs:Elasticsearch:Username=ada")]
    [InlineData("AuraLogs:Elasticsearch:ApiKeyFile")]
    [InlineData("AuraLogs:Elasticsearch:BearerTokenFile")]
    [InlineData("AuraLogs:Elasticsearch:CertificateAuthority")]
    [InlineData("AuraLogs:Operations:TokenFile")]
    public void A_file_without_a_secret_is_refused_at_the_start(string key, params string[] others)
    {
        foreach (var content in (string[])["", "\n", " \r\n"])
        {
            File.WriteAllText(_file, content);

            var mistakes = Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load([$"--{key}={_file}", .. others])).Mistakes;

            Assert.Contains(mistakes, mistake => mistake.StartsWith(key + " is empty", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_file_that_is_emptied_later_leaves_the_secret_that_it_held()
    {
        var time = new ManualTime(DateTimeOffset.UnixEpoch);
        File.WriteAllText(_file, "first\n");
        var secret = new SecretFile(_file, time);
        Assert.Equal("first", secret.Read());

        File.WriteAllText(_file, "\n");
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("first", secret.Read());

        File.WriteAllText(_file, "second\n");
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("second", secret.Read());
    }

    [Fact]
    public void A_file_that_holds_nothing_is_no_secret_at_the_first_read_either() =>
        Assert.Throws<IOException>(() => new SecretFile(_file, TimeProvider.System).Read());
}
