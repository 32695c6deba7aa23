using AuraLogs.Hosting.Secrets;
using AuraLogs.Hosting.Settings;
using AuraLogs.Secrets;

namespace AuraLogs.Hosting.Start;

/// <summary>What is not as safe as it could be, said once at the start.</summary>
internal static partial class StartWarnings
{
    /// <summary>Also takes the rights of others from the files of earlier starts.</summary>
    public static IReadOnlyList<string> Find(AuraLogsOptions options, IReadOnlyList<string> arguments)
    {
        List<string> directories = [options.Queue.Path, options.Indexing.DeadLetterPath];
        if (options.Elasticsearch.IsLocal)
        {
            directories.Add(options.LocalElasticsearch.Path);
            directories.AddRange(options.LocalElasticsearch.RepositoryPaths.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }

        return
        [
            .. SecretFiles.OnCommandLine(arguments)
                .Select(key => $"{key} is on the command line, where every user of this machine can read it: use an environment variable or {key}File"),
            .. SecretFiles.Of(options).Where(file => SecretChecks.IsTooOpen(file.File))
                .Select(file => $"{file.Key}: others than the owner and the group can read {file.File}, or others than the owner can write it"),
            .. directories.SelectMany(PrivateFiles.Tighten),
        ];
    }

    public static void Say(ILogger logger, IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
            Unsafe(logger, warning);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}.")]
    private static partial void Unsafe(ILogger logger, string warning);
}
