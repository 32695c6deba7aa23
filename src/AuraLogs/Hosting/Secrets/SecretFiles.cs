using AuraLogs.Hosting.Settings;

namespace AuraLogs.Hosting.Secrets;

/// <summary>Where secrets are: the files that the settings name, and the settings that hold one themselves.</summary>
internal static class SecretFiles
{
    private static readonly string[] Settings = ["Password", "SharedKey", "ApiKey", "BearerToken", "Token", "AzureKey"];

    /// <summary>Each setting that names a file with a secret, and the file.</summary>
    public static IEnumerable<(string Key, string File)> Of(AuraLogsOptions options)
    {
        var security = options.Forward.Security;
        IEnumerable<(string Key, string File)> files =
        [
            ("AuraLogs:Elasticsearch:PasswordFile", options.Elasticsearch.PasswordFile),
            ("AuraLogs:Elasticsearch:ApiKeyFile", options.Elasticsearch.ApiKeyFile),
            ("AuraLogs:Elasticsearch:BearerTokenFile", options.Elasticsearch.BearerTokenFile),
            ("AuraLogs:Operations:TokenFile", options.Operations.TokenFile),
            ("AuraLogs:Forward:Tls:KeyFile", options.Forward.Tls.KeyFile),
            ("AuraLogs:Forward:Security:SharedKeyFile", security.SharedKeyFile),
            .. security.Users.Select((user, i) => ($"AuraLogs:Forward:Security:Users:{i}:PasswordFile", user.PasswordFile)),
            .. security.Networks.Select((network, i) => ($"AuraLogs:Forward:Security:Networks:{i}:SharedKeyFile", network.SharedKeyFile)),
        ];
        return files.Where(file => file.File.Length > 0);
    }

    /// <summary>The settings on the command line that are secrets: every user of the machine can read them there.</summary>
    public static IEnumerable<string> OnCommandLine(IEnumerable<string> arguments) => arguments
        .Where(argument => argument.StartsWith("--AuraLogs:", StringComparison.OrdinalIgnoreCase))
        .Select(argument => argument[2..].Split('=', 2)[0])
        .Where(key => Settings.Contains(key[(key.LastIndexOf(':') + 1)..], StringComparer.OrdinalIgnoreCase));
}
