using System.Text;
using AuraLogs.Configuration;

namespace AuraLogs.Forward.Security;

/// <summary>A secret that stands in the configuration or in a file that it names.</summary>
internal static class Secret
{
    public static void Check(string value, string file, string key, ConfigurationErrors errors)
    {
        if (file.Length == 0)
            return;
        errors.Require(value.Length == 0, key, $"can't be set together with {key}File");
        try
        {
            File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add($"{key}File", $"can't be read: {e.Message}");
        }
    }

    public static byte[] Read(string value, string file) =>
        Encoding.UTF8.GetBytes(file.Length == 0 ? value : File.ReadAllText(file).TrimEnd('\r', '\n'));
}
