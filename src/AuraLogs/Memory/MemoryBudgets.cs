namespace AuraLogs.Memory;

/// <summary>
/// The budgets of the process, in the order of the way of the data: who holds something of one may wait for a later one, never for an earlier
/// one. So the end of the way can always go on, and with it everything before it.
/// </summary>
internal sealed class MemoryBudgets : IDisposable
{
    /// <param name="sizes">How large they are.</param>
    /// <param name="time">Tells when buffers have been idle.</param>
    public MemoryBudgets(MemorySizes sizes, TimeProvider time)
    {
        Sizes = sizes;
        Pool = new BufferPool(sizes.Total - sizes.Pages, time);
        Receiving = Pool.NewBudget("receiving", sizes.Receiving);
        Storing = Pool.NewBudget("storing", sizes.Storing);
        Reading = Pool.NewBudget("reading", sizes.Reading);
        Sending = Pool.NewBudget("sending", sizes.Sending);
        Answers = Pool.NewBudget("answers", sizes.Answers);
    }

    public MemorySizes Sizes { get; }

    public BufferPool Pool { get; }

    /// <summary>Messages that arrive. Somebody who holds a part and wants more waits for others, and the one that stands still is ended.</summary>
    public MemoryBudget Receiving { get; }

    /// <summary>Unpacking and reassembling on the way into the queue. Held until the queue has room.</summary>
    public MemoryBudget Storing { get; }

    /// <summary>Entries that are read back, and the window that they are unpacked into. One reader, who never waits.</summary>
    public MemoryBudget Reading { get; }

    /// <summary>Bodies of bulk requests.</summary>
    public MemoryBudget Sending { get; }

    /// <summary>Answers of Elasticsearch.</summary>
    public MemoryBudget Answers { get; }

    public void Dispose() => Pool.Dispose();
}
