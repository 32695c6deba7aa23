using System.Runtime.Versioning;
using AuraLogs.Hosting.Secrets;

namespace AuraLogs.Tests.Regressions;

/// <summary>The queue, dead letters, indices and snapshots of the local Elasticsearch were readable by every user of the machine.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ReadableFilesTests : IDisposable
{
    private const UnixFileMode Usual = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode UsualDirectory = Usual | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly string _directory = Directory.CreateTempSubdirectory("auralogs-modes-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void What_an_earlier_start_left_becomes_private()
    {
        var inner = Directory.CreateDirectory(Path.Combine(_directory, "segments"), UsualDirectory).FullName;
        var file = Write(Path.Combine(inner, "0001.log"), Usual);
        var hidden = Write(Path.Combine(_directory, ".hidden"), Usual);
        File.SetUnixFileMode(_directory, UsualDirectory);

        Assert.Empty(PrivateFiles.Tighten(_directory));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_directory));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(inner));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(hidden));
    }

    [Fact]
    public void A_link_and_a_directory_of_everybody_are_left_alone()
    {
        var shared = Directory.CreateDirectory(Path.Combine(_directory, "shared")).FullName;
        File.SetUnixFileMode(shared, UsualDirectory | UnixFileMode.OtherWrite | UnixFileMode.StickyBit);
        var outside = Write(Path.Combine(shared, "outside"), Usual);
        var queue = Directory.CreateDirectory(Path.Combine(_directory, "queue")).FullName;
        File.CreateSymbolicLink(Path.Combine(queue, "link"), outside);
        Directory.CreateSymbolicLink(Path.Combine(queue, "directory"), shared);

        Assert.Empty(PrivateFiles.Tighten(queue));
        Assert.Contains("others use", Assert.Single(PrivateFiles.Tighten(shared)), StringComparison.Ordinal);

        Assert.Equal(Usual, File.GetUnixFileMode(outside));
    }

    [Fact]
    public void A_directory_that_is_not_there_is_nothing_to_warn_of() =>
        Assert.Empty(PrivateFiles.Tighten(Path.Combine(_directory, "none")));

    private static string Write(string path, UnixFileMode mode)
    {
        File.WriteAllText(path, "logs");
        File.SetUnixFileMode(path, mode);
        return path;
    }
}
