using System.Buffers;
using System.Text;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Indices;

/// <summary>What an index may be called.</summary>
internal static class IndexNames
{
    private const int MaxBytes = 255;

    /// <summary>What no name of an index or a snapshot has in it.</summary>
    public static readonly SearchValues<char> Forbidden = SearchValues.Create(" \"*\\<|,>/?");

    /// <exception cref="ElasticsearchException">The name is not one; checked in Elasticsearch's order.</exception>
    public static void Check(string name)
    {
        if (name.Length == 0)
            throw new ElasticsearchException(500, "string_index_out_of_bounds_exception", "String index out of range: 0");
        if (name.AsSpan().IndexOfAny(Forbidden) >= 0)
            throw Errors.InvalidIndexName(name, "must not contain the following characters [ , \", *, \\, <, |, ,, >, /, ?]");
        if (name.Contains('#', StringComparison.Ordinal))
            throw Errors.InvalidIndexName(name, "must not contain '#'");
        if (name.Contains(':', StringComparison.Ordinal))
            throw Errors.InvalidIndexName(name, "must not contain ':'");
        if (name[0] is '_' or '-' or '+')
            throw Errors.InvalidIndexName(name, "must not start with '_', '-', or '+'");
        if (Encoding.UTF8.GetByteCount(name) is > MaxBytes and int bytes)
            throw Errors.InvalidIndexName(name, $"index name is too long, ({bytes} > {MaxBytes})");
        if (name is "." or "..")
            throw Errors.InvalidIndexName(name, "must not be '.' or '..'");
        if (name.Any(char.IsUpper))
            throw Errors.InvalidIndexName(name, "must be lowercase");
    }
}
