namespace AuraLogs.Indexing.Judging;

/// <summary>The items of a bulk request as mere bytes: two lines each, an action and a document, one after the other.</summary>
internal static class ItemLines
{
    private const int BlockBytes = 64 << 10;

    /// <summary>Behind the last whole item: behind the last newline that ends a second line.</summary>
    public static int EndOf(ReadOnlySpan<byte> bytes) => RangesOf(bytes) is { Count: > 0 } ranges ? ranges[^1].End.Value : 0;

    /// <inheritdoc cref="EndOf(ReadOnlySpan{byte})"/>
    public static long EndOf(Stream stream)
    {
        var block = new byte[BlockBytes];
        var (read, lines, end) = (0L, 0, 0L);
        while (stream.Read(block) is var count and > 0)
        {
            for (var i = 0; i < count; i++)
            {
                if (block[i] == '\n' && ++lines % 2 == 0)
                    end = read + i + 1;
            }

            read += count;
        }

        return end;
    }

    /// <summary>Where the whole items lie.</summary>
    public static List<Range> RangesOf(ReadOnlySpan<byte> bytes)
    {
        List<Range> ranges = [];
        for (var start = 0; ;)
        {
            var action = start + bytes[start..].IndexOf((byte)'\n') + 1;
            var end = action + bytes[action..].IndexOf((byte)'\n') + 1;
            if (action == start || end == action)
                return ranges;
            ranges.Add(start..end);
            start = end;
        }
    }
}
