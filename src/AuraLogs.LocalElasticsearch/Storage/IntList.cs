namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>A list that costs nothing but itself while it has one item, as most terms' lists have.</summary>
internal struct IntList
{
    private int _only;
    private int[]? _items;

    public int Count { get; private set; }

    public readonly int Last => _items is null ? _only : _items[Count - 1];

    public void Add(int item)
    {
        if (Count == 0)
        {
            _only = item;
            Count = 1;
            return;
        }

        _items ??= [_only, 0, 0, 0];
        if (Count == _items.Length)
            Array.Resize(ref _items, Count * 2);
        _items[Count++] = item;
    }

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<int> Items =>
        _items is null
            ? System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(in _only, Count)
            : _items.AsSpan(0, Count);
}
