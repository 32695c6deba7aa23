using System.Buffers.Text;
using System.Text;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Indexing.DeadLetters;
using AuraLogs.Indexing.Sending;
using AuraLogs.Memory;
using AuraLogs.MessagePack;
using AuraLogs.MessagePack.Json;
using AuraLogs.Queue;
using AuraLogs.Unpacking;

namespace AuraLogs.Indexing.Documents;

/// <summary>Writes the events of one entry after the other as items of requests. One thread at a time.</summary>
internal sealed class EntryEncoder(
    LogQueue queue, IndexingOptions options, int retentionDays, BulkRequests requests, DeadLetterWriter deadLetters, MemoryBudgets memory) : IDisposable
{
    /// <summary>What an item has beside what is unreadable: the action, names, the reason; it grows for a long tag.</summary>
    private const int ItemBytes = 4 << 10;

    private readonly JsonTranscoder _transcoder = new();
    private readonly EntryEvents _events = new(memory.Reading);
    private readonly BulkAction _action = new(options.IndexPrefix);
    private QueueEntry? _entry;
    private byte[] _tag = [];
    private EntryTracker _tracker = null!;
    private IndexDays _days;
    private int _position;
    private int _done;

    /// <summary>Whether there are events of an entry left to write.</summary>
    public bool IsInEntry => _entry is not null;

    /// <summary>Begins an entry; it is disposed when its last event is written.</summary>
    public void Begin(QueueEntry entry)
    {
        _entry = entry;
        _events.Begin(entry);
        if (!entry.Tag.Span.SequenceEqual(_tag))
            _tag = entry.Tag.ToArray();
        _tracker = new EntryTracker(queue, entry, _tag);
        _days = new IndexDays(entry.ReceivedAt, retentionDays);
        _position = 0;
        _done = 0;
        _transcoder.TakeGroup(GroupMarker.End, default);
        BeginId(entry);
    }

    /// <summary>Writes events until the entry has no more or the request is full.</summary>
    /// <param name="request">Where to write.</param>
    /// <param name="maxBytes">When it is full; a single document is taken at any size.</param>
    /// <returns>Null, or a request with a dead letter for what can't be read of the entry, which is done with then.</returns>
    public BulkRequest? Write(BulkRequest request, int maxBytes)
    {
        var entry = _entry!;
        var start = request.Body.Position;
        try
        {
            while (_done < entry.EventCount)
            {
                if (_position == _events.Run.Length)
                    MoveToNextRun();
                if (!TryWriteRun(request, maxBytes, ref start))
                    return null;
            }

            End();
            return null;
        }
        catch (Exception e) when (e is MessagePackException or InvalidDataException or UnpackerMissingException)
        {
            request.Body.Position = start;
            var letter = WriteUnreadable(entry, e is NotAnEventException ? "malformed_event" : "unreadable_entry", e.Message);
            End();
            return letter;
        }
    }

    public void Dispose()
    {
        _events.Dispose();
        _entry?.Dispose();
    }

    private void MoveToNextRun()
    {
        if (!_events.MoveNext())
            throw new MessagePackException("the entry has fewer events than it says");
        _position = 0;
    }

    /// <param name="request">Where to write.</param>
    /// <param name="maxBytes">When it is full.</param>
    /// <param name="start">Becomes where the item that is being written begins.</param>
    /// <returns>False when the request is full and there are events left.</returns>
    private bool TryWriteRun(BulkRequest request, int maxBytes, ref int start)
    {
        var events = _events.Run.Span;
        var body = request.Body;
        var reader = new MessagePackReader(events, _position);
        while (!reader.IsAtEnd && _done < _entry!.EventCount)
        {
            if (request.Count == options.MaxRequestDocuments || body.Position >= maxBytes)
                return false;
            start = body.Position;
            int before = reader.Position;
            var head = EventHead.Read(ref reader);
            if (head.Marker != GroupMarker.None)
            {
                reader.Skip();
                _transcoder.TakeGroup(head.Marker, events[before..reader.Position]);
                _position = reader.Position;
                continue;
            }

            _action.Write(_days.Of(head.Time.Seconds), (long)_entry.FirstOrdinal + _done, body);
            _transcoder.WriteDocument(events, ref reader, head, body);
            body.Write("\n"u8);
            if (body.Position > maxBytes && request.Count > 0)
            {
                body.Position = start;
                return false;
            }

            request.Add(start, _tracker);
            start = body.Position;
            _position = reader.Position;
            _done++;
        }

        return true;
    }

    private void BeginId(QueueEntry entry)
    {
        if (IsNamedByItsSender(entry))
            _action.Id.BeginChunk(entry.ChunkSecond, entry.Tag.Span, entry.ChunkId.Span, entry.FirstOrdinal);
        else
            _action.Id.BeginEntry(entry.ChunkSecond, queue.QueueId, entry.Position.Address, entry.FirstOrdinal);
        _action.BeginChunk();
    }

    private bool IsNamedByItsSender(QueueEntry entry) => !entry.ChunkId.IsEmpty && options.DocumentIds switch
    {
        DocumentIdSource.Auto => !entry.ChunkIdMayRepeat,
        DocumentIdSource.Chunk => true,
        _ => false,
    };

    /// <summary>
    /// One dead letter for all that is left of the entry. Either its sender sent values that are not events, and the way in has put them into an
    /// entry of their own; or this is damage that the queue did not notice. It must neither be lost nor hold up what follows.
    /// </summary>
    private BulkRequest WriteUnreadable(QueueEntry entry, string type, string reason)
    {
        var unread = entry.Compression == Compression.None ? entry.Events.Span[_position..] : entry.Events.Span;
        if (unread.Length > 0 && unread[0] == MessagePackFormat.NeverUsed)
            unread = unread[1..];
        int textBytes = Base64.GetMaxEncodedToUtf8Length(unread.Length);
        var item = requests.RentForPart(textBytes + ItemBytes);
        try
        {
            _action.Write(_days.Of(entry.ChunkSecond), (long)entry.FirstOrdinal + _done, item.Body);
            item.Body.Write(Encoding.UTF8.GetBytes($"{{\"compression\":\"{entry.Compression}\",\"events\":\""));
            item.Body.EnsureRoom(textBytes);
            Base64.EncodeToUtf8(unread, item.Body.Bytes[item.Body.Position..], out _, out int written);
            item.Body.Position += written;
            item.Body.Write("\"}\n"u8);
            var letter = requests.RentForDeadLetters(item.Body.Position + ItemBytes);
            deadLetters.Write(item.Body.Written, new ElasticsearchError(type, reason), _tracker, letter);
            _tracker.Report(new EntryOutcome(0, 0, entry.EventCount - _done - 1));
            return letter;
        }
        finally
        {
            requests.Return(item);
        }
    }

    private void End()
    {
        _events.End();
        _entry!.Dispose();
        _entry = null;
    }
}
