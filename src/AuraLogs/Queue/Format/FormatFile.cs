using System.Globalization;
using System.Text;
using AuraLogs.Queue.Disk;

namespace AuraLogs.Queue.Format;

/// <summary>
/// The file <c>format</c>: one line of ASCII, <c>auralogs-queue VERSION ID CRC</c>, with the queue's id and the CRC-32C of
/// everything before it as hexadecimal numbers. The version is that of everything in the directory. A line whose checksum
/// is wrong is damage, and is written anew; a line that is right and names another version is a reason not to start.
/// </summary>
internal static class FormatFile
{
    public const string Name = "format";
    public const int Version = 1;
    private const string Word = "auralogs-queue";

    /// <returns>The queue's id; null when the file is missing or damaged.</returns>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="QueueDirectoryException">The directory has another version of the format.</exception>
    public static ulong? TryRead(IQueueDisk disk)
    {
        if (!disk.Exists(Name))
            return null;
        using var file = disk.OpenToRead(Name);
        var bytes = new byte[128];
        var line = Encoding.ASCII.GetString(bytes, 0, file.Read(bytes, 0)).TrimEnd('\n');
        var end = line.LastIndexOf(' ');
        if (end < 0
            || line[(end + 1)..] != Checksum(line[..end])
            || line[..end].Split(' ') is not [Word, var version, var id]
            || !ulong.TryParse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var queueId))
            return null;
        if (version != Version.ToString(CultureInfo.InvariantCulture))
            throw new QueueDirectoryException(
                $"The queue's directory has format version {version}, and this program reads version {Version} only. "
                + "Drain it with the version of AuraLogs that wrote it, or name another directory with AuraLogs:Queue:Path.");
        return queueId;
    }

    public static void Write(IQueueDisk disk, ulong queueId)
    {
        using var file = disk.Create(Name);
        file.Write(Line(Version, queueId), 0);
    }

    internal static byte[] Line(int version, ulong queueId)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{Word} {version} {queueId:x16}");
        return Encoding.ASCII.GetBytes($"{line} {Checksum(line)}\n");
    }

    private static string Checksum(string text) =>
        Crc32C.Compute(Encoding.ASCII.GetBytes(text)).ToString("x8", CultureInfo.InvariantCulture);
}
