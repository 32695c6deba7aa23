using System.Globalization;

namespace AuraLogs.LoadTests.Sinking;

/// <summary>How the sink misbehaves.</summary>
internal enum OutageKind
{
    /// <summary>Connections are closed as soon as they say something.</summary>
    Down,

    /// <summary>Requests are read and never answered.</summary>
    Hang,

    /// <summary>Each request is answered after a second.</summary>
    Slow,

    /// <summary>Requests are answered with 503.</summary>
    Refuse503,

    /// <summary>Requests are answered with 429.</summary>
    Refuse429,

    /// <summary>One item in fifty is answered with 429.</summary>
    FailItems,
}

/// <summary>A time in which the sink misbehaves, counted from its start.</summary>
internal sealed record Outage(TimeSpan From, TimeSpan For, OutageKind Kind)
{
    public bool Covers(TimeSpan moment) => moment >= From && moment < From + For;

    /// <summary>Reads <c>60:30:down</c>: from second 60, for 30 seconds, down.</summary>
    public static Outage Parse(string text) => text.Split(':') is [var from, var length, var kind]
        ? new Outage(Seconds(from), Seconds(length), Enum.Parse<OutageKind>(kind, ignoreCase: true))
        : throw new FormatException($"An outage reads from:for:kind, as in 60:30:down, not {text}.");

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));
}
