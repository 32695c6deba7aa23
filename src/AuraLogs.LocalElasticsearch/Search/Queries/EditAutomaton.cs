namespace AuraLogs.LocalElasticsearch.Search.Queries;

/// <summary>
/// Accepts the words within so many insertions, deletions, replacements and swaps of neighbours of a text. Its state after some
/// characters of a word is their distance from each beginning of the text that is not further off than that many edits, at most five
/// numbers; so a word costs time by its own length, no memory, and nothing more once no edit can help.
/// https://en.wikipedia.org/wiki/Levenshtein_automaton
/// </summary>
internal sealed class EditAutomaton(string text, int edits)
{
    /// <summary>As many as Lucene's automata have.</summary>
    public const int MaxEdits = 2;

    public bool Accepts(ReadOnlySpan<char> word)
    {
        if (Math.Abs(word.Length - text.Length) > edits)
            return false;
        int far = edits + 1, width = (2 * edits) + 1;
        Span<int> rows = stackalloc int[3 * ((2 * MaxEdits) + 1)];
        Span<int> before = rows[..width], last = rows.Slice(width, width), row = rows.Slice(2 * width, width);
        before.Fill(far);

        // Cell b of row i is the distance of the word's first i characters from the text's first i + b - edits.
        for (int b = 0; b < width; b++)
            last[b] = b >= edits && b - edits <= text.Length ? b - edits : far;
        for (int i = 1; i <= word.Length; i++)
        {
            int least = far;
            for (int b = 0; b < width; b++)
            {
                int j = i + b - edits;
                row[b] = j < 0 || j > text.Length ? far : Math.Min(far, Cell(word, i, j, b, before, last, row));
                least = Math.Min(least, Math.Min(row[b], last[b]));
            }

            if (least == far)
                return false;
            Span<int> free = before;
            before = last;
            last = row;
            row = free;
        }

        int end = text.Length - word.Length + edits;
        return last[end] <= edits;
    }

    private int Cell(ReadOnlySpan<char> word, int i, int j, int b, ReadOnlySpan<int> before, ReadOnlySpan<int> last, ReadOnlySpan<int> row)
    {
        if (j == 0)
            return i;
        int best = last[b] + (word[i - 1] == text[j - 1] ? 0 : 1);
        if (b + 1 < last.Length)
            best = Math.Min(best, last[b + 1] + 1);
        if (b > 0)
            best = Math.Min(best, row[b - 1] + 1);
        bool isSwap = i > 1 && j > 1 && word[i - 1] == text[j - 2] && word[i - 2] == text[j - 1];
        return isSwap ? Math.Min(best, before[b] + 1) : best;
    }
}
