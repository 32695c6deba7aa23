using System.Buffers;
using System.Text.Json;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Indexing.Documents;
using AuraLogs.Indexing.Judging;
using AuraLogs.Indexing.Sending;

namespace AuraLogs.Indexing.Conflicts;

/// <summary>
/// Makes documents fit that an index refuses for one of their fields: the field moves to where any value fits (<see cref="MovedFields"/>),
/// under the same id. An answer names one field, so a document with several takes as many rounds; fields that are known to conflict by
/// their shape go along in the first. Nothing is done, and nothing asked, where nothing conflicts.
/// </summary>
internal sealed class ConflictHealer(BulkRequests requests, MappedFields mapped, FieldConflicts conflicts, IndexingOptions options)
{
    /// <summary>After so many rounds all that is left moves at once: a document of a thousand conflicts is not sent a thousand times.</summary>
    private const int MostRounds = 16;

    /// <param name="delivery">With the request that was answered.</param>
    /// <param name="refused">Items of it that are refused for good, with the reason.</param>
    /// <param name="verdicts">Of all items; those that are healed become <see cref="Verdict.Conflict"/>.</param>
    /// <param name="stop">Ends the asking for the mapping.</param>
    /// <returns>A request with the healed items; null when none could be.</returns>
    public async ValueTask<BulkRequest?> HealAsync(
        Delivery delivery, IEnumerable<(int Item, ElasticsearchError Error)> refused, Verdict[] verdicts, CancellationToken stop)
    {
        if (!options.HealConflicts || delivery.Request.HoldsDeadLetters)
            return null;
        BulkRequest? healed = null;
        var document = new ArrayBufferWriter<byte>();
        foreach (var (item, error) in refused)
        {
            if (FieldConflict.Find(error) is not { } conflict)
                continue;
            var index = delivery.Request.IndexOf(item);
            var fields = conflict.Kind == ConflictKind.FieldLimit ? await mapped.ReadAsync(index, stop) : null;
            if (conflict.Kind == ConflictKind.FieldLimit && fields is null)
                continue;
            document.ResetWrittenCount();
            var bytes = delivery.Request.Item(item);
            var moved = Move(BulkItem.Document(bytes.Span), index, conflict, fields, delivery.HealingRounds, document);
            if (moved.Count == 0)
                continue;
            healed ??= requests.RentForPart(bytes.Length + document.WrittenCount);
            Add(healed, bytes.Span, document.WrittenSpan, delivery.Request.TrackerOf(item));
            verdicts[item] = Verdict.Conflict;
            conflicts.Add(index, conflict, moved, Sender.Of(BulkItem.Document(bytes.Span), delivery.Request.TrackerOf(item).Tag));
        }

        return healed;
    }

    private IReadOnlyList<MovedField> Move(
        ReadOnlySpan<byte> document, string index, FieldConflict conflict, IReadOnlyDictionary<string, bool>? fields, int rounds, ArrayBufferWriter<byte> output)
    {
        if (rounds >= MostRounds)
            return MovedFields.Move(document, (_, _, _) => true, output);
        if (fields is not null)
            return MovedFields.Move(document, (path, _, kind) => kind != JsonValueKind.Null && !MappedFields.Has(fields, path), output);
        if (conflict.Path.Length == 0)
            return MovedFields.Move(document, (_, name, _) => MovedFields.IsInvalid(name), output);

        // The path as it is; that of a name with dots, which Elasticsearch takes apart; that of the field whose second way of being
        // indexed (user.keyword) is meant; and whatever lies below a value, where names with dots repeat their parts.
        var known = KnownIn(document, conflicts.KnownOf(index), output);
        var parent = ParentOf(conflict.Path);
        foreach (var path in (string[])[conflict.Path, conflict.Path + ".", parent, parent.Length > 0 ? parent + "." : ""])
        {
            output.ResetWrittenCount();
            var isNamed = false;
            var moved = MovedFields.Move(
                document,
                (at, _, _) =>
                {
                    var mappedAt = MappedAt(at);
                    var isMeant = path.EndsWith('.') ? mappedAt.StartsWith(path, StringComparison.Ordinal) : path.Length > 0 && mappedAt == path;
                    var isKnown = known.Contains(at);

                    // What holds the field and moves as well hides it.
                    isNamed |= isMeant || (isKnown && path.StartsWith(at + ".", StringComparison.Ordinal));
                    return isMeant || isKnown;
                },
                output);
            if (isNamed)
                return moved;
        }

        return [];
    }

    private static HashSet<string> KnownIn(ReadOnlySpan<byte> document, IReadOnlySet<(string Path, bool IsObject)> known, ArrayBufferWriter<byte> scratch)
    {
        HashSet<string> found = new(StringComparer.Ordinal);
        if (known.Count > 0)
        {
            MovedFields.Move(
                document,
                (at, _, kind) =>
                {
                    if (kind is not (JsonValueKind.Null or JsonValueKind.Array) && known.Contains((at, kind == JsonValueKind.Object)))
                        found.Add(at);
                    return false;
                },
                scratch);
        }

        return found;
    }

    /// <summary>Before 8.x a name's dots at its end are dropped, so that <c>user.</c> is <c>user</c>; empty parts before that are refused.</summary>
    private static string MappedAt(string path) =>
        path.EndsWith('.') || path.Contains("..", StringComparison.Ordinal) ? string.Join('.', path.Split('.', StringSplitOptions.RemoveEmptyEntries)) : path;

    private static string ParentOf(string path) => path.LastIndexOf('.') is > 0 and var dot ? path[..dot] : "";

    private static void Add(BulkRequest request, ReadOnlySpan<byte> item, ReadOnlySpan<byte> document, EntryTracker tracker)
    {
        var start = request.Body.Position;
        request.Body.Write(BulkItem.Action(item));
        request.Body.Write(document);
        request.Body.Write("\n"u8);
        request.Add(start, tracker);
    }
}
