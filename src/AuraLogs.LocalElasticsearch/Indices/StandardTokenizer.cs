using System.Globalization;

namespace AuraLogs.LocalElasticsearch.Indices;

/// <summary>
/// The words of Elasticsearch's <c>standard</c> analyzer: the default word boundaries of UAX #29, in lower case.
/// Letters, digits, marks and connectors join; <c>. ' :</c> join letters, <c>. , ; '</c> join digits; an ideograph
/// stands alone. Words longer than 255 are cut.
/// </summary>
internal ref struct StandardTokenizer(ReadOnlySpan<char> text)
{
    private const int MaxLength = 255;

    private readonly ReadOnlySpan<char> _text = text;
    private int _at;

    /// <summary>Where the current word begins and how long it is.</summary>
    public int Start { get; private set; }

    public int Length { get; private set; }

    public readonly ReadOnlySpan<char> Current => _text.Slice(Start, Length);

    public bool MoveNext()
    {
        while (_at < _text.Length && Classify(_text[_at]) == CharKind.Other)
            _at++;
        if (_at >= _text.Length)
            return false;
        Start = _at;
        CharKind last = Classify(_text[_at++]);
        if (last == CharKind.Ideograph)
        {
            if (char.IsHighSurrogate(_text[_at - 1]) && _at < _text.Length && char.IsLowSurrogate(_text[_at]))
                _at++;
            Length = _at - Start;
            return true;
        }

        while (_at < _text.Length && _at - Start < MaxLength)
        {
            CharKind kind = Classify(_text[_at]);
            if (kind is CharKind.Letter or CharKind.Digit or CharKind.Connector)
            {
                last = kind;
                _at++;
            }
            else if (_at + 1 < _text.Length && Joins(last, _text[_at], Classify(_text[_at + 1])))
            {
                _at++;
            }
            else
            {
                break;
            }
        }

        Length = _at - Start;
        if (last == CharKind.Connector && _text.Slice(Start, Length).IndexOfAnyExcept('_') < 0)
            return MoveNext();
        return true;
    }

    private static bool Joins(CharKind before, char middle, CharKind after) => middle switch
    {
        '.' or '\'' or '\u2019' => before == after && before is CharKind.Letter or CharKind.Digit,
        ':' or '\u00B7' => before == CharKind.Letter && after == CharKind.Letter,
        ',' or ';' => before == CharKind.Digit && after == CharKind.Digit,
        _ => false,
    };

    private static CharKind Classify(char c)
    {
        if (char.IsAscii(c))
            return char.IsAsciiLetter(c) ? CharKind.Letter : char.IsAsciiDigit(c) ? CharKind.Digit : c == '_' ? CharKind.Connector : CharKind.Other;
        if (c is (>= '\u2E80' and <= '\u2FDF') or (>= '\u3040' and <= '\u309F') or (>= '\u3400' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF'))
            return CharKind.Ideograph;
        return char.GetUnicodeCategory(c) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber
                or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => CharKind.Letter,
            UnicodeCategory.DecimalDigitNumber => CharKind.Digit,
            UnicodeCategory.ConnectorPunctuation => CharKind.Connector,
            UnicodeCategory.Surrogate => char.IsHighSurrogate(c) ? CharKind.Ideograph : CharKind.Other,
            _ => CharKind.Other,
        };
    }

    private enum CharKind
    {
        Other,
        Letter,
        Digit,
        Connector,
        Ideograph,
    }
}
