using System.Globalization;

namespace AuraLogs.LocalElasticsearch;

/// <summary>The Elasticsearch version that the server claims to be, and what follows from it.</summary>
internal readonly record struct ElasticsearchVersion(int Major, int Minor, int Patch)
{
    /// <summary>The number as snapshots and index settings hold it: 7.6.0 is 7060099.</summary>
    public int Id => (Major * 1_000_000) + (Minor * 10_000) + (Patch * 100) + 99;

    /// <summary>Answers and requests know mapping types (<c>_type</c>): before 8.0.</summary>
    public bool HasTypes => Major < 8;

    /// <summary>The header <c>X-elastic-product</c>, which newer clients insist on: since 7.14.</summary>
    public bool HasProductHeader => AtLeast(7, 14);

    /// <summary>The block of a full disk is answered with 429, so that clients try again, and not with 403: since 7.7.</summary>
    public bool HasRetryableDiskBlock => AtLeast(7, 7);

    /// <summary><c>_index_template</c> and <c>_component_template</c>: since 7.8.</summary>
    public bool HasComposableTemplates => AtLeast(7, 8);

    /// <summary><c>_pit</c> and <c>require_alias</c>: since 7.10.</summary>
    public bool HasPointInTime => AtLeast(7, 10);

    /// <summary><c>application/vnd.elasticsearch+json; compatible-with=N</c>: since 7.11.</summary>
    public bool HasVersionedMediaTypes => AtLeast(7, 11);

    /// <summary><c>index.mapping.total_fields.ignore_dynamic_beyond_limit</c>: since 8.14.</summary>
    public bool HasIgnoreDynamicBeyondLimit => AtLeast(8, 14);

    /// <summary><c>include_source_on_error</c>: since 8.18.</summary>
    public bool HasIncludeSourceOnError => AtLeast(8, 18);

    /// <summary>What a document that does not fit the mapping is refused with.</summary>
    public string DocumentParsingError => Major < 8 ? "mapper_parsing_exception" : "document_parsing_exception";

    /// <summary>Parses <c>8.19.0</c>.</summary>
    /// <exception cref="FormatException">It is not three numbers, or a version that is not spoken here (before 7.4).</exception>
    public static ElasticsearchVersion Parse(string text)
    {
        string[] parts = text.Split('.');
        int[] numbers = new int[3];
        bool valid = parts.Length == 3;
        for (int i = 0; valid && i < 3; i++)
            valid = int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]) && numbers[i] < 100;
        ElasticsearchVersion version = new(numbers[0], numbers[1], numbers[2]);
        if (!valid || !version.AtLeast(7, 4))
            throw new FormatException($"the Elasticsearch version must be 7.4.0 or later, in the form 8.19.0, but was [{text}]");
        return version;
    }

    public bool AtLeast(int major, int minor) => Major > major || (Major == major && Minor >= minor);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");
}
