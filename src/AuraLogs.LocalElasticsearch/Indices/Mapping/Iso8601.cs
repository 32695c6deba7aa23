namespace AuraLogs.LocalElasticsearch.Indices.Mapping;

/// <summary>
/// <c>strict_date_optional_time</c>, to the nanosecond.
/// <code>
/// date = yyyy ["-" MM ["-" dd ["T" [HH [":" mm [":" ss [("." / ",") 1*9DIGIT]]]]]]] [zone]
/// zone = "Z" / ("+" / "-") HH [":"] [mm]
/// </code>
/// </summary>
internal static class Iso8601
{
    public static bool TryParse(ReadOnlySpan<char> text, TimeSpan zone, bool roundUp, out Int128 nanos)
    {
        nanos = 0;
        int at = 0;
        if (!Digits(text, ref at, 4, out int year) || year == 0)
            return false;
        int month = 1, day = 1, hour = 0, minute = 0, second = 0, precision = 0;
        long fraction = 0;
        if (Skip(text, ref at, '-'))
        {
            if (!Digits(text, ref at, 2, out month) || month is < 1 or > 12)
                return false;
            precision = 1;
            if (Skip(text, ref at, '-'))
            {
                if (!Digits(text, ref at, 2, out day) || day < 1 || day > DateTime.DaysInMonth(year, month))
                    return false;
                precision = 2;
            }
        }

        if (precision == 2 && Skip(text, ref at, 'T') && at < text.Length)
        {
            if (!Digits(text, ref at, 2, out hour) || hour > 23)
                return false;
            precision = 3;
            if (Skip(text, ref at, ':'))
            {
                if (!Digits(text, ref at, 2, out minute) || minute > 59)
                    return false;
                precision = 4;
                if (Skip(text, ref at, ':'))
                {
                    if (!Digits(text, ref at, 2, out second) || second > 59)
                        return false;
                    precision = 5;
                    if ((Skip(text, ref at, '.') || Skip(text, ref at, ',')) && !Fraction(text, ref at, out fraction, out precision))
                        return false;
                }
            }
        }

        if (!Zone(text, ref at, ref zone) || at != text.Length)
            return false;
        DateTime date = new(year, month, day, hour, minute, second, DateTimeKind.Utc);
        nanos = ((Int128)((date.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond) * 1_000_000_000) + fraction - ((Int128)zone.Ticks * 100);
        if (roundUp)
            nanos += UpTo(date, precision);
        return true;
    }

    /// <summary>What is missing to the end of the unit that was named last, for the upper bounds of ranges.</summary>
    private static Int128 UpTo(DateTime date, int precision)
    {
        DateTime next = precision switch
        {
            0 => date.AddYears(1),
            1 => date.AddMonths(1),
            2 => date.AddDays(1),
            3 => date.AddHours(1),
            4 => date.AddMinutes(1),
            5 => date.AddSeconds(1),
            _ => date,
        };
        return next == date ? 0 : ((Int128)(next - date).Ticks * 100) - 1;
    }

    private static bool Zone(ReadOnlySpan<char> text, ref int at, ref TimeSpan zone)
    {
        if (Skip(text, ref at, 'Z'))
        {
            zone = TimeSpan.Zero;
            return true;
        }

        if (at >= text.Length)
            return true;
        int sign = text[at] switch { '+' => 1, '-' => -1, _ => 0 };
        if (sign == 0)
            return false;
        at++;
        if (!Digits(text, ref at, 2, out int hours) || hours > 18)
            return false;
        Skip(text, ref at, ':');
        int minutes = 0;
        if (at < text.Length && !Digits(text, ref at, 2, out minutes))
            return false;
        zone = sign * new TimeSpan(hours, minutes, 0);
        return true;
    }

    private static bool Fraction(ReadOnlySpan<char> text, ref int at, out long nanos, out int precision)
    {
        nanos = 0;
        precision = 6;
        int digits = 0;
        while (at < text.Length && char.IsAsciiDigit(text[at]) && digits < 9)
        {
            nanos = (nanos * 10) + (text[at++] - '0');
            digits++;
        }

        for (int i = digits; i < 9; i++)
            nanos *= 10;
        return digits > 0;
    }

    private static bool Digits(ReadOnlySpan<char> text, ref int at, int count, out int value)
    {
        value = 0;
        if (at + count > text.Length)
            return false;
        for (int end = at + count; at < end; at++)
        {
            if (!char.IsAsciiDigit(text[at]))
                return false;
            value = (value * 10) + (text[at] - '0');
        }

        return true;
    }

    private static bool Skip(ReadOnlySpan<char> text, ref int at, char expected)
    {
        if (at >= text.Length || text[at] != expected)
            return false;
        at++;
        return true;
    }
}
