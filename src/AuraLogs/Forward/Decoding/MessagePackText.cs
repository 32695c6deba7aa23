using System.Buffers.Binary;
using AuraLogs.MessagePack;

namespace AuraLogs.Forward.Decoding;

/// <summary>Writes the headers of strings: what we answer, clients want as strings, never as binary.</summary>
internal static class MessagePackText
{
    public const int MaxHeaderBytes = 3;

    /// <returns>Its bytes.</returns>
    public static int WriteHeader(Span<byte> destination, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, ushort.MaxValue);
        if (length < 32)
        {
            destination[0] = (byte)(MessagePackFormat.FixStr | length);
            return 1;
        }

        if (length <= byte.MaxValue)
        {
            destination[0] = MessagePackFormat.Str8;
            destination[1] = (byte)length;
            return 2;
        }

        destination[0] = MessagePackFormat.Str16;
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)length);
        return 3;
    }
}
