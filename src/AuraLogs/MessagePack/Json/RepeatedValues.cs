namespace AuraLogs.MessagePack.Json;

/// <summary>
/// The last map or array at each of the first places in a record, as MessagePack and as JSON. Nearly every log of a chunk says the same
/// of where it comes from (pod, labels, host): a value with the same bytes is copied instead of being written again.
/// A MessagePack value says itself where it ends, so bytes that begin with the value's bytes are that value.
/// </summary>
internal sealed class RepeatedValues
{
    /// <summary>Fields of a record that are looked at, and the most that is kept for each: together half a megabyte at most.</summary>
    private const int Places = 16;
    private const int MaxBytes = 16 << 10;

    private readonly Place[] _places = new Place[Places];

    /// <summary>Writes the value that is next, if it is the same as the last one at its place.</summary>
    public bool TryWrite(int place, scoped ref MessagePackReader reader, JsonBuffer destination)
    {
        if (place >= Places)
            return false;
        ref var last = ref _places[place];
        if (last.ValueLength == 0 || !reader.Rest.StartsWith(last.Value.AsSpan(0, last.ValueLength)))
            return false;
        reader.Advance(last.ValueLength);
        destination.Write(last.Json.AsSpan(0, last.JsonLength));
        return true;
    }

    /// <summary>Keeps a value that has been written for the next record.</summary>
    public void Keep(int place, ReadOnlySpan<byte> value, ReadOnlySpan<byte> json)
    {
        if (place >= Places || value.Length > MaxBytes || json.Length > MaxBytes)
            return;
        ref var last = ref _places[place];
        last.ValueLength = Copy(value, ref last.Value);
        last.JsonLength = Copy(json, ref last.Json);
    }

    private static int Copy(ReadOnlySpan<byte> source, ref byte[]? target)
    {
        if (target is null || target.Length < source.Length)
            target = GC.AllocateUninitializedArray<byte>(Math.Max(512, source.Length));
        source.CopyTo(target);
        return source.Length;
    }

    private struct Place
    {
        public byte[]? Value;
        public int ValueLength;
        public byte[]? Json;
        public int JsonLength;
    }
}
