using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace AuraLogs.Tests.Forward;

/// <summary>
/// A socket whose kernel drops every segment with data that comes for it (a socket filter: socket(7), and <c>linux/bpf_common.h</c> for the
/// instructions), so that what the other side writes is never taken, however long the sender takes until it closes. What it sends itself arrives, its
/// end too.
/// </summary>
internal static class DeafSocket
{
    private const int SocketLevel = 1;
    private const int AttachFilter = 26;
    private const int DetachFilter = 27;

    /// <summary>The filter sees a segment from its TCP header on, whose length in words is in the upper half of byte 12.</summary>
    private static readonly (ushort Code, byte IfTrue, byte IfFalse, uint Operand)[] DropData =
    [
        (0x30, 0, 0, 12), // ldb [12]
        (0x54, 0, 0, 0xf0), // and #0xf0
        (0x74, 0, 0, 2), // rsh #2
        (0x07, 0, 0, 0), // tax
        (0x80, 0, 0, 0), // ld len
        (0x2d, 0, 1, 0), // jgt x
        (0x06, 0, 0, 0), // ret #0: dropped
        (0x06, 0, 0, uint.MaxValue), // ret #-1: taken
    ];

    public static void StopHearing(this Socket socket)
    {
        // struct sock_filter { u16 code; u8 jt, jf; u32 k } and struct sock_fprog { u16 len; struct sock_filter *filter }
        byte[] instructions = new byte[8 * DropData.Length];
        for (int i = 0; i < DropData.Length; i++)
        {
            var instruction = instructions.AsSpan(8 * i);
            BinaryPrimitives.WriteUInt16LittleEndian(instruction, DropData[i].Code);
            (instruction[2], instruction[3]) = (DropData[i].IfTrue, DropData[i].IfFalse);
            BinaryPrimitives.WriteUInt32LittleEndian(instruction[4..], DropData[i].Operand);
        }

        var pinned = GCHandle.Alloc(instructions, GCHandleType.Pinned);
        try
        {
            byte[] program = new byte[16];
            BinaryPrimitives.WriteUInt16LittleEndian(program, (ushort)DropData.Length);
            BinaryPrimitives.WriteInt64LittleEndian(program.AsSpan(8), pinned.AddrOfPinnedObject());
            socket.SetRawSocketOption(SocketLevel, AttachFilter, program);
        }
        finally
        {
            pinned.Free();
        }
    }

    /// <summary>Takes segments with data again: what was dropped comes again, as the other side's TCP has no acknowledgement for it.</summary>
    public static void HearAgain(this Socket socket) => socket.SetRawSocketOption(SocketLevel, DetachFilter, new byte[sizeof(int)]);
}
