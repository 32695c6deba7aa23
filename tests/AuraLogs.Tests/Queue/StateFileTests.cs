using AuraLogs.Queue.Format;
using AuraLogs.Tests.Simulation;

namespace AuraLogs.Tests.Queue;

public sealed class StateFileTests
{
    /// <summary>Every start skips a number, so the slots can't follow from it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_torn_write_leaves_the_state_before(int writesBetweenStarts)
    {
        var disk = new SimulatedDisk(new Random(1));
        var file = StateFile.Open(disk);
        var last = 0;
        for (var write = 0; write < 8; write++)
        {
            var number = last + 1;
            if (write % writesBetweenStarts == 0)
            {
                file.Dispose();
                file = StateFile.Open(disk);
                number++;
            }

            var before = disk.Files[StateFile.Name].Content.ToArray();
            file.Write(new QueueState { Number = number, Position = 100 * number });
            var after = disk.Files[StateFile.Name].Content.ToArray();

            // Of what differs, more and more has reached the disk: until all of it has, the state is the one before.
            var differing = Enumerable.Range(0, after.Length).Where(at => after[at] != before[at]).ToList();
            for (var written = 0; written < differing.Count; written++)
            {
                Assert.Equal(last, Read(before)?.Number ?? 0);
                before[differing[written]] = after[differing[written]];
            }

            Assert.Equal(number, Read(before)?.Number);
            last = number;
        }

        file.Dispose();
    }

    private static QueueState? Read(byte[] content)
    {
        var disk = new SimulatedDisk(new Random(1));
        disk.Put(StateFile.Name, content);
        return StateFile.TryRead(disk);
    }
}
