using AuraLogs.Queue.Disk;

namespace AuraLogs.Tests.Simulation;

/// <summary>An open file of the simulated disk.</summary>
internal sealed class SimulatedHandle(SimulatedDisk disk, SimulatedFile file) : IQueueFile
{
    public long Length => file.Content.Length;

    public void Write(ReadOnlySpan<byte> bytes, long offset) => disk.Write(file, bytes, offset);

    public int Read(Span<byte> destination, long offset) => disk.Read(file, destination, offset);

    public void Truncate(long length) => disk.Truncate(file, length);

    public void Dispose()
    {
    }
}
