using AuraLogs.Queue;
using AuraLogs.Queue.Format;
using AuraLogs.Tests.Simulation;

namespace AuraLogs.Tests.Queue;

public sealed class StateFileTests
{
    [Fact]
    public void A_torn_write_leaves_the_state_before()
    {
        var disk = new SimulatedDisk(new Random(1));
        using var file = StateFile.Open(disk);
        for (var number = 1; number < 8; number++)
        {
            var before = disk.Files[StateFile.Name].Content.ToArray();
            file.Write(new QueueState { Number = number, Position = 100 * number });
            var after = disk.Files[StateFile.Name].Content.ToArray();

            // Of what differs, more and more has reached the disk: until all of it has, the state is the one before.
            var differing = Enumerable.Range(0, after.Length).Where(at => after[at] != before[at]).ToList();
            for (var written = 0; written < differing.Count; written++)
            {
                Assert.Equal(number - 1, Read(before)?.Number ?? 0);
                before[differing[written]] = after[differing[written]];
            }

            Assert.Equal(number, Read(before)?.Number);
        }
    }

    private static QueueState? Read(byte[] content)
    {
        var disk = new SimulatedDisk(new Random(1));
        disk.Put(StateFile.Name, content);
        return StateFile.TryRead(disk);
    }
}
