using AuraLogs.Configuration;

namespace AuraLogs.Secrets;

/// <summary>What every secret must be that stands in the configuration or in a file that it names.</summary>
internal static class SecretChecks
{
    /// <summary>At most one of the two is set, and a file can be read and holds something.</summary>
    /// <param name="value">The secret itself; empty when it is in a file.</param>
    /// <param name="file">The file that holds it; empty when there is none.</param>
    /// <param name="key">The full key of <paramref name="value"/>; that of the file has <c>File</c> behind it.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static void Check(string value, string file, string key, ConfigurationErrors errors)
    {
        if (file.Length == 0)
            return;
        errors.Require(value.Length == 0, key, $"can't be set together with {key}File");
        if (MistakeIn(file) is { } mistake)
            errors.Add($"{key}File", mistake);
    }

    /// <summary>What is wrong with a file that holds a secret or a certificate, as the rest of a sentence; null when it can be used.</summary>
    public static string? MistakeIn(string file)
    {
        try
        {
            return string.IsNullOrWhiteSpace(File.ReadAllText(file)) ? $"is empty: {file} holds nothing" : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"can't be read: {e.Message}";
        }
    }

    /// <summary>
    /// Whether others than the owner and the group can read the file, or others than the owner can write it. The group may read:
    /// that is how Kubernetes mounts a secret for a pod without root.
    /// </summary>
    public static bool IsTooOpen(string file)
    {
        const UnixFileMode TooMuch =
            UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;
        if (OperatingSystem.IsWindows())
            return false;
        try
        {
            var target = File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;
            return (File.GetUnixFileMode(target) & TooMuch) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // SecretFileWatch tells that it can't be read.
        }
    }
}
