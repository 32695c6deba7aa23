using AuraLogs.Forward.Decoding;
using AuraLogs.Unpacking;

namespace AuraLogs.Tests.Forward;

/// <summary>Messages of every mode with values of every type, in every way that MessagePack can write them; the same for the same seed.</summary>
internal sealed class RandomMessages(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>A message, and what a decoder must say of it.</summary>
    public (byte[] Bytes, Decoded Expected) Next()
    {
        var mode = (ForwardMode)_random.Next(4);
        string tag = Text(60), chunkId = _random.Next(2) == 0 ? "" : Text(45);
        (byte[] Bytes, uint Second)[] events = [.. Enumerable.Range(0, mode == ForwardMode.Message ? 1 : _random.Next(6)).Select(_ => Event(mode == ForwardMode.Message))];
        byte[] plain = Pack.Concat([.. events.Select(one => one.Bytes)]);
        var compression = mode == ForwardMode.CompressedPackedForward ? (Compression)_random.Next(1, 3) : Compression.None;
        byte[] payload = compression switch
        {
            Compression.Gzip when plain.Length > 0 => Pack.Gzip(plain),
            Compression.Zstd => Pack.Zstd(plain),
            _ => plain,
        };
        if (compression == Compression.Gzip && plain.Length == 0)
            (mode, compression) = (ForwardMode.PackedForward, Compression.None);

        byte[] tagBytes = Pack.Str(tag);
        var elements = mode switch
        {
            ForwardMode.Message => new List<byte[]> { tagBytes, plain[1..] },
            ForwardMode.Forward => [tagBytes, Pack.Array([.. events.Select(one => one.Bytes)])],
            _ => [tagBytes, _random.Next(2) == 0 ? Pack.Bin(payload) : Pack.Str(payload)],
        };
        int count = mode == ForwardMode.Message ? 3 : 2;
        if (chunkId.Length > 0 || _random.Next(2) == 0)
        {
            elements.Add(Options(chunkId, compression));
            count++;
        }

        bool unknown = compression != Compression.None;
        var expected = new Decoded(
            mode, tag, chunkId, 0, compression, unknown ? 0 : events.Length, unknown || events.Length == 0 ? 0 : events[0].Second, Convert.ToHexString(payload));
        return (Pack.Concat([[(byte)(0x90 | count)], .. elements]), expected);
    }

    /// <summary>A value of any type.</summary>
    public byte[] Value(int depth = 0) => _random.Next(depth > 4 ? 12 : 15) switch
    {
        0 => Pack.Nil,
        1 => [(byte)_random.Next(0xc2, 0xc4)],
        2 => [(byte)_random.Next(0x80)],
        3 => [(byte)_random.Next(0xe0, 0x100)],
        4 => Number((byte)_random.Next(0xca, 0xd4)),
        5 or 6 or 7 => Pack.Str(Text(40)),
        8 => Pack.Str(Text(300)),
        9 => Pack.Bin(Bytes(_random.Next(300))),
        10 => FixExt(_random.Next(5)),
        11 => Ext(_random.Next(20)),
        12 => Pack.Array([.. Many(() => Value(depth + 1))]),
        _ => Record(depth + 1),
    };

    private (byte[] Bytes, uint Second) Event(bool plainTime)
    {
        var (time, second) = Time();
        if (!plainTime && _random.Next(3) == 0)
            time = Pack.Array(time, Record(1));
        return (Pack.Array(time, Record(1)), second);
    }

    private (byte[] Bytes, uint Second) Time()
    {
        uint second = (uint)_random.NextInt64(uint.MaxValue);
        byte[] bytes = BitConverter.GetBytes(second);
        Array.Reverse(bytes);
        return _random.Next(4) switch
        {
            0 => ([0xce, .. bytes], second),
            1 => ([0xcf, 0, 0, 0, 0, .. bytes], second),
            2 => ([0xc7, 8, 0, .. bytes, .. Bytes(4)], second),
            _ => ([0xd7, 0, .. bytes, .. Bytes(4)], second),
        };
    }

    private byte[] Record(int depth) => Pack.Map([.. Many(() => _random.Next(10) == 0 ? Value(9) : Pack.Str(Text(20)), () => Value(depth + 1))]);

    private byte[] Options(string chunkId, Compression compression)
    {
        var pairs = new List<byte[]> { Pack.Str("size"), Value(9) };
        if (chunkId.Length > 0)
            pairs.AddRange([Pack.Str("chunk"), Pack.Str(chunkId)]);
        if (compression != Compression.None && _random.Next(2) == 0)
            pairs.AddRange([Pack.Str("compressed"), Pack.Str(compression == Compression.Gzip ? "gzip" : "zstd")]);
        if (_random.Next(2) == 0)
            pairs.AddRange([Pack.Str("fluent_signal"), Pack.Int(0)]);
        pairs.AddRange([Value(9), Value(2)]);
        return Pack.Map([.. pairs]);
    }

    private IEnumerable<byte[]> Many(params Func<byte[]>[] values)
    {
        int count = _random.Next(20) == 0 ? _random.Next(14, 20) : _random.Next(4);
        return Enumerable.Range(0, count).SelectMany(_ => values.Select(value => value()));
    }

    private byte[] Number(byte code) =>
        [code, .. Bytes(code switch { 0xca or 0xce or 0xd2 => 4, 0xcb or 0xcf or 0xd3 => 8, 0xcc or 0xd0 => 1, _ => 2 })];

    private byte[] FixExt(int size) => [(byte)(0xd4 + size), (byte)_random.Next(256), .. Bytes(1 << size)];

    private byte[] Ext(int length) => [0xc7, (byte)length, (byte)_random.Next(256), .. Bytes(length)];

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    private string Text(int most) => string.Concat(Enumerable.Range(0, _random.Next(most)).Select(_ => _random.Next(30) == 0 ? 'é' : (char)_random.Next(32, 127)));
}
