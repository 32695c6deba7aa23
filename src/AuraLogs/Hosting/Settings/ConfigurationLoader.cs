using AuraLogs.Configuration;

namespace AuraLogs.Hosting.Settings;

/// <summary>
/// Reads the configuration for the service and for every command alike. Later sources win:
/// <c>appsettings.json</c> beside the program, <c>appsettings.json</c> in the working directory, environment variables
/// (<c>AuraLogs__Queue__Path</c>), command line (<c>--AuraLogs:Queue:Path</c>).
/// </summary>
internal static class ConfigurationLoader
{
    private const string Section = "AuraLogs";

    /// <summary>What may stand first in a key on the command line: ours, and .NET's log levels.</summary>
    private static readonly string[] KnownSections = [Section, "Logging"];

    /// <exception cref="ConfigurationException">Names every mistake: unknown keys, values that can't be read, values out of range.</exception>
    public static LoadedConfiguration Load(IReadOnlyList<string> arguments)
    {
        var errors = new ConfigurationErrors();
        CheckArguments(arguments, errors);
        var configuration = Read(arguments, errors);

        // An environment variable called AURALOGS, of whatever meaning to others, is the value of the section itself, which has none.
        configuration[Section] = null;
        var options = new AuraLogsOptions();
        SectionShape.Check(configuration.GetSection(Section), typeof(AuraLogsOptions), errors);
        CheckLogLevels(configuration.GetSection("Logging"), errors);
        if (errors.Messages.Count == 0)
        {
            configuration.GetSection(Section).Bind(options);
            options.Validate(errors);
        }

        return errors.Messages.Count == 0
            ? new LoadedConfiguration(configuration, options)
            : throw new ConfigurationException(errors.Messages);
    }

    private static void CheckArguments(IReadOnlyList<string> arguments, ConfigurationErrors errors)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var key = arguments[i].Split('=', 2)[0];
            if (!KnownSections.Any(section => key.StartsWith($"--{section}:", StringComparison.OrdinalIgnoreCase)))
                errors.Add(key, "is not a command or a setting: settings look like --AuraLogs:Queue:Path=data/queue");
            else if (!arguments[i].Contains('=', StringComparison.Ordinal) && ++i == arguments.Count)
                errors.Add(key, "needs a value");
        }
    }

    /// <summary>.NET reads them itself, and throws at the first one that is none: <c>Logging:LogLevel:Default</c>, <c>Logging:Console:LogLevel:Default</c>.</summary>
    private static void CheckLogLevels(IConfigurationSection section, ConfigurationErrors errors)
    {
        foreach (var child in section.GetChildren())
        {
            if (section.Key != "LogLevel")
                CheckLogLevels(child, errors);
            else if (!Enum.TryParse<LogLevel>(child.Value, ignoreCase: true, out var level) || !Enum.IsDefined(level))
                errors.Add(child.Path, $"is {child.Value}; it must be one of {string.Join(", ", Enum.GetNames<LogLevel>())}");
        }
    }

    private static IConfigurationRoot Read(IReadOnlyList<string> arguments, ConfigurationErrors errors)
    {
        var builder = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
            .AddJsonFile(Path.Combine(Environment.CurrentDirectory, "appsettings.json"), optional: true)
            .AddEnvironmentVariables()
            .AddCommandLine([.. arguments]);
        try
        {
            return builder.Build();
        }
        catch (InvalidDataException e)
        {
            errors.Add("appsettings.json", $"can't be read: {e.InnerException?.Message ?? e.Message}");
            return new ConfigurationBuilder().Build();
        }
    }
}
