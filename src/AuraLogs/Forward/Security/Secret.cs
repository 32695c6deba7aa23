using System.Text;

namespace AuraLogs.Forward.Security;

/// <summary>A secret that stands in the configuration or in a file that it names.</summary>
internal static class Secret
{
    public static byte[] Read(string value, string file) =>
        Encoding.UTF8.GetBytes(file.Length == 0 ? value : File.ReadAllText(file).TrimEnd('\r', '\n'));
}
