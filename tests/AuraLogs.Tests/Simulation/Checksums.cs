using System.Buffers.Binary;
using AuraLogs.Queue.Format;

namespace AuraLogs.Tests.Simulation;

/// <summary>Makes the checksums of damaged entries right, as a build without checksums would see them.</summary>
internal static class Checksums
{
    private const int Magic = 4;
    private const int HeaderCrc = 8;
    private const int BodyCrc = 12;

    public static void MakeRight(SimulatedFile file)
    {
        var content = file.Content.AsSpan();
        for (var at = SegmentHeader.Size; at + EntryHeader.Size <= content.Length; at += 4)
        {
            var entry = content[at..];
            if (!entry[Magic..].StartsWith("ALQ\u0001"u8))
                continue;
            var body = BinaryPrimitives.ReadInt32LittleEndian(entry) + EntryHeader.LengthField - EntryHeader.Size;
            if (body < 0 || body > entry.Length - EntryHeader.Size)
                continue;
            BinaryPrimitives.WriteUInt32LittleEndian(entry[BodyCrc..], Crc32C.Compute(entry.Slice(EntryHeader.Size, body)));
            BinaryPrimitives.WriteUInt32LittleEndian(entry[HeaderCrc..], Crc32C.Compute(entry[BodyCrc..EntryHeader.Size]));
        }
    }
}
