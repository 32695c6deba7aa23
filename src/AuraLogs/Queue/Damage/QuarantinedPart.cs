using System.Globalization;

namespace AuraLogs.Queue.Damage;

/// <summary>A part of the log that was set aside: its addresses, and the file in <c>quarantine/</c> that stands for it.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Events">How many events are missing with it; null where that is not known: for a part of a gap, and in directories of earlier versions.</param>
/// <param name="Kind">What is behind the numbers in the file's name (<see cref="Quarantine"/>).</param>
internal sealed record QuarantinedPart(long From, long To, long? Events, string Kind)
{
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{From:x16}-{To:x16}{(Events is { } events ? $"-{events}" : "")}{Kind}");

    /// <summary>Whether its bytes are in its segments alone, because they could not be read.</summary>
    public bool IsUnread => Kind == Quarantine.Unread;

    /// <summary>Null when it is no part of that kind.</summary>
    public static QuarantinedPart? TryParse(string name, string kind)
    {
        if (!name.EndsWith(kind, StringComparison.Ordinal))
            return null;
        var numbers = name[..^kind.Length].Split('-');
        if (numbers.Length is not (2 or 3) || !TryParseAddress(numbers[0], out var from) || !TryParseAddress(numbers[1], out var to))
            return null;
        var events = 0L;
        if (numbers.Length == 3 && !long.TryParse(numbers[2], NumberStyles.None, CultureInfo.InvariantCulture, out events))
            return null;
        var part = new QuarantinedPart(from, to, numbers.Length == 3 ? events : null, kind);
        return part.Name == name ? part : null;
    }

    /// <summary>Whether nothing of it is missing any more once so many events, in entries of so many bytes, turned out to be intact.</summary>
    public bool IsWholeWith(long events, long bytes) => Events is { } missing ? events == missing : bytes == To - From;

    private static bool TryParseAddress(string text, out long address) =>
        long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out address);
}
