namespace AuraLogs.Queue.Resends;

/// <summary>
/// The chunks that are stored although their senders don't know it: their connections ended before the acknowledgement had arrived.
/// They will be sent again, and need no second place in the queue then, only their acknowledgement. This is also what tells a resend
/// from a new chunk of the same content (<see cref="NewEntry.ChunkIdMayRepeat"/>): who has his acknowledgement does not send
/// again, and who still waits for it on an open connection does not either. It is bounded, and what is not known in it is
/// taken as new: stored twice is better than not at all. Safe for all threads.
/// </summary>
internal sealed class UnacknowledgedChunks(Func<long, bool> isLost)
{
    /// <summary>How many are known; the oldest is forgotten for the next one. Three times as many as there may be connections.</summary>
    public const int Capacity = 32_768;

    private readonly Lock _lock = new();
    private readonly LinkedList<StoredChunk> _byAge = [];
    private readonly Dictionary<UInt128, List<LinkedListNode<StoredChunk>>> _byKey = [];
    private int _count;

    /// <summary>How many are known.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Remembers a chunk. Equal ones are all remembered: each may be sent again.</summary>
    public void Add(StoredChunk chunk)
    {
        lock (_lock)
        {
            if (_byAge.Count == Capacity)
                Remove(_byAge.First!);
            var node = _byAge.AddLast(chunk);
            if (!_byKey.TryGetValue(chunk.Key, out var equal))
                _byKey[chunk.Key] = equal = new List<LinkedListNode<StoredChunk>>(1);
            equal.Add(node);
            Volatile.Write(ref _count, _byAge.Count);
        }
    }

    /// <summary>
    /// Whether the chunk that has come is one of these; it is not any more then, and whoever took it acknowledges it or adds it again.
    /// </summary>
    /// <param name="key">Of the chunk that has come.</param>
    /// <param name="address">The address that a commit has to reach before it is acknowledged.</param>
    public bool TryTake(UInt128 key, out long address)
    {
        address = 0;
        if (Count == 0)
            return false;
        lock (_lock)
        {
            while (_byKey.TryGetValue(key, out var equal))
            {
                var chunk = equal[0].Value;
                Remove(equal[0]);
                if (isLost(chunk.Address))
                    continue;
                address = chunk.Address;
                return true;
            }

            return false;
        }
    }

    /// <summary>Forgets a chunk whose acknowledgement has arrived after all, unless it has come again meanwhile.</summary>
    public void Remove(StoredChunk chunk)
    {
        if (Count == 0)
            return;
        lock (_lock)
        {
            if (_byKey.TryGetValue(chunk.Key, out var equal) && equal.Find(node => node.Value == chunk) is { } node)
                Remove(node);
        }
    }

    /// <summary>All of them, the oldest first.</summary>
    public StoredChunk[] ToArray()
    {
        lock (_lock)
            return [.. _byAge];
    }

    private void Remove(LinkedListNode<StoredChunk> node)
    {
        var equal = _byKey[node.Value.Key];
        equal.Remove(node);
        if (equal.Count == 0)
            _byKey.Remove(node.Value.Key);
        _byAge.Remove(node);
        Volatile.Write(ref _count, _byAge.Count);
    }
}
