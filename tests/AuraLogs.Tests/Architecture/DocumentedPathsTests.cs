using System.Text.RegularExpressions;

namespace AuraLogs.Tests.Architecture;

/// <summary>A document that names a folder or a file of the source must not lead a reader astray after a move.</summary>
public sealed partial class DocumentedPathsTests
{
    /// <summary>What the paths are relative to; in the table of the stages, rooms are named within their stage.</summary>
    private static readonly string[] Bases =
    [
        "", "src", "src/AuraLogs", "src/AuraLogs.LocalElasticsearch", "tests/AuraLogs.Tests", "tests/AuraLogs.LocalElasticsearch.Tests",
        .. Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src/AuraLogs")),
    ];

    [Theory]
    [InlineData("ARCHITECTURE.md", 20)]
    [InlineData("CONTRIBUTING.md", 20)]
    [InlineData("docs/local-elasticsearch.md", 15)]
    public void Folders_and_files_that_a_document_names_exist(string document, int atLeast)
    {
        var paths = Named().Matches(Repository.Read(document)).Select(match => match.Groups["path"].Value).Distinct().ToList();
        Assert.True(paths.Count >= atLeast, $"Only {paths.Count} paths were recognised in {document}.");
        Assert.All(paths, path => Assert.True(
            Bases.Any(folder => Exists(Path.Combine(Repository.Root, folder, path))), $"{document} names {path}, which does not exist."));
    }

    private static bool Exists(string path) => Directory.Exists(path) || File.Exists(path) || File.Exists(path + ".cs");

    [GeneratedRegex("`(?<path>(?:src|tests|load-tests|[A-Z][A-Za-z]+)/[A-Za-z./]*)`")]
    private static partial Regex Named();
}
