using System.Globalization;
using System.Text.RegularExpressions;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Lifecycle;

/// <summary>The date an index's age counts from: its origination date, set or read from its name, else its creation.</summary>
internal static partial class IlmAge
{
    public static DateTimeOffset DateOf(LocalIndex index)
    {
        if (index.Settings["index.lifecycle.origination_date"] is { } millis)
            return DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(millis, CultureInfo.InvariantCulture));
        return index.Settings.Flag("index.lifecycle.parse_origination_date") ? Parse(index.Name) : index.Created;
    }

    /// <exception cref="ElasticsearchException">The name does not end in a date.</exception>
    public static DateTimeOffset Parse(string name)
    {
        Match match = NameWithDate().Match(name);
        if (!match.Success)
            throw Errors.IllegalArgument($@"index name [{name}] does not match pattern '^.*-(\d{{4}}.\d{{2}}.\d{{2}})(-[\d]+)?$'");
        return DateTimeOffset.TryParseExact(
            match.Groups[1].Value, "yyyy.MM.dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date)
            ? date
            : throw Errors.IllegalArgument($"index name [{name}] contains a date which could not be parsed");
    }

    [GeneratedRegex(@"^.*-(\d{4}.\d{2}.\d{2})(-\d+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex NameWithDate();
}
