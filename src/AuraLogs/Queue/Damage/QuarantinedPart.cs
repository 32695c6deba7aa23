using System.Globalization;

namespace AuraLogs.Queue.Damage;

/// <summary>A part of the log that was set aside: its addresses, and the file in <c>quarantine/</c> that stands for it.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Kind">What is behind the addresses in the file's name (<see cref="Quarantine"/>).</param>
internal sealed record QuarantinedPart(long From, long To, string Kind)
{
    private const int Digits = 16;

    public string Name => string.Create(CultureInfo.InvariantCulture, $"{From:x16}-{To:x16}{Kind}");

    /// <summary>Whether its bytes are in its segments alone, because they could not be read.</summary>
    public bool IsUnread => Kind.Length > 0;

    /// <summary>Null when it is no part of that kind.</summary>
    public static QuarantinedPart? TryParse(string name, string kind) =>
        name.Length == (2 * Digits) + 1 + kind.Length
        && long.TryParse(name.AsSpan(0, Digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var from)
        && long.TryParse(name.AsSpan(Digits + 1, Digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var to)
        && new QuarantinedPart(from, to, kind) is var part && part.Name == name
            ? part
            : null;
}
