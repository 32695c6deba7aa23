namespace AuraLogs.MessagePack;

/// <summary>
/// The first byte of a MessagePack value, which says its type and, for the short ones, its length or value.
/// Numbers after it are big-endian. Source: <see href="https://github.com/msgpack/msgpack/blob/master/spec.md"/>.
/// </summary>
internal static class MessagePackFormat
{
    /// <summary>0x00 to 0x7f are the integers 0 to 127.</summary>
    public const byte MaxPositiveFixInt = 0x7f;

    /// <summary>0x80 to 0x8f: a map with the low four bits' number of pairs.</summary>
    public const byte FixMap = 0x80;

    /// <summary>0x90 to 0x9f: an array with the low four bits' number of elements.</summary>
    public const byte FixArray = 0x90;

    /// <summary>0xa0 to 0xbf: a string of the low five bits' number of bytes.</summary>
    public const byte FixStr = 0xa0;

    public const byte Nil = 0xc0;

    /// <summary>Not a type: the one byte with which no value starts.</summary>
    public const byte NeverUsed = 0xc1;

    public const byte False = 0xc2;
    public const byte True = 0xc3;
    public const byte Bin8 = 0xc4;
    public const byte Bin16 = 0xc5;
    public const byte Bin32 = 0xc6;
    public const byte Ext8 = 0xc7;
    public const byte Ext16 = 0xc8;
    public const byte Ext32 = 0xc9;
    public const byte Float32 = 0xca;
    public const byte Float64 = 0xcb;
    public const byte UInt8 = 0xcc;
    public const byte UInt16 = 0xcd;
    public const byte UInt32 = 0xce;
    public const byte UInt64 = 0xcf;
    public const byte Int8 = 0xd0;
    public const byte Int16 = 0xd1;
    public const byte Int32 = 0xd2;
    public const byte Int64 = 0xd3;
    public const byte FixExt1 = 0xd4;
    public const byte FixExt2 = 0xd5;
    public const byte FixExt4 = 0xd6;
    public const byte FixExt8 = 0xd7;
    public const byte FixExt16 = 0xd8;
    public const byte Str8 = 0xd9;
    public const byte Str16 = 0xda;
    public const byte Str32 = 0xdb;
    public const byte Array16 = 0xdc;
    public const byte Array32 = 0xdd;
    public const byte Map16 = 0xde;
    public const byte Map32 = 0xdf;

    /// <summary>0xe0 to 0xff are the integers -32 to -1.</summary>
    public const byte NegativeFixInt = 0xe0;

    public static bool IsMap(byte code) => (code & 0xf0) == FixMap || code is Map16 or Map32;

    public static bool IsArray(byte code) => (code & 0xf0) == FixArray || code is Array16 or Array32;

    /// <summary>A string, or the binary that older clients send in its place.</summary>
    public static bool IsText(byte code) => (code & 0xe0) == FixStr || code is Str8 or Str16 or Str32 or Bin8 or Bin16 or Bin32;
}
