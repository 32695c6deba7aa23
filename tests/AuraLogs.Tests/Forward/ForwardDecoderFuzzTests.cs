using System.Diagnostics;
using AuraLogs.Forward.Storing;
using AuraLogs.Memory;
using AuraLogs.Tests.Fakes;
using AuraLogs.Unpacking;

namespace AuraLogs.Tests.Forward;

/// <summary>
/// Damages good messages where it hurts and holds the decoder to its promises: nothing but a refusal, the same for every way in which
/// the bytes arrive, bounded memory and time. <c>AURALOGS_FUZZ_SECONDS=600 dotnet test --filter ForwardDecoderFuzzTests</c> runs it for
/// ten minutes, with new seeds each time; a failure names its seed.
/// </summary>
public sealed class ForwardDecoderFuzzTests
{
    private const int Rounds = 10_000;
    private const long MostAllocatedBytes = 8 << 20;

    /// <summary>First bytes that change the meaning of what follows: containers and texts of every width, and what is not a type.</summary>
    private static readonly byte[] Codes =
        [0x80, 0x8f, 0x90, 0x92, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xd7, 0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0xff];

    private static readonly byte[][] Captured =
    [
        .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Captures"), "*.client.bin", SearchOption.AllDirectories)
            .Select(File.ReadAllBytes).Where(bytes => bytes.Length > 0 && bytes[0] != 0x96).Select(bytes => bytes[..Math.Min(bytes.Length, 6000)]),
    ];

    [Fact]
    public async Task Nothing_that_arrives_does_harm()
    {
        using var memory = TestMemory.Budgets();
        bool isLong = double.TryParse(Environment.GetEnvironmentVariable("AURALOGS_FUZZ_SECONDS"), out double seconds);
        var time = Stopwatch.StartNew();
        int firstSeed = isLong ? Environment.TickCount : 0;
        for (int i = 0; isLong ? time.Elapsed.TotalSeconds < seconds : i < Rounds; i++)
        {
            try
            {
                await AttackAsync(firstSeed + i, memory.Storing);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {firstSeed + i}.", e);
            }
        }
    }

    private static async Task AttackAsync(int seed, MemoryBudget memory)
    {
        var random = new Random(seed);
        byte[] bytes = Damage(random, random.Next(3) == 0 ? Captured[random.Next(Captured.Length)] : new RandomMessages(seed).Next().Bytes);

        long before = GC.GetAllocatedBytesForCurrentThread();
        var whole = Decoded.All(bytes);
        var pieces = Decoded.All(bytes, random.Next(1, 1 + bytes.Length));
        Assert.Equal(whole.Refusal, pieces.Refusal);
        Assert.Equal(whole.Messages, pieces.Messages);
        foreach (var message in whole.Messages.Where(message => message.Compression != Compression.None))
            await new CompressedEvents(Decoded.Limits, memory).CheckAsync(Convert.FromHexString(message.Events), message.Compression, default);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocatedBytes);
    }

    private static byte[] Damage(Random random, byte[] bytes)
    {
        var damaged = new List<byte>(bytes);
        for (int times = random.Next(1, 4); times > 0 && damaged.Count > 1; times--)
        {
            int at = random.Next(damaged.Count);
            int length = random.Next(Math.Min(40, damaged.Count - at));
            switch (random.Next(7))
            {
                case 0:
                    damaged[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    damaged[at] = Codes[random.Next(Codes.Length)];
                    break;
                case 2:
                    damaged.InsertRange(at, [Codes[random.Next(Codes.Length)], (byte)random.Next(256), 0xff, 0xff, 0xff]);
                    break;
                case 3:
                    damaged.RemoveRange(at, length);
                    break;
                case 4:
                    damaged.InsertRange(at, damaged.GetRange(at, length));
                    break;
                case 5:
                    damaged.InsertRange(at, Enumerable.Repeat(random.Next(2) == 0 ? (byte)0x91 : (byte)0x81, random.Next(300)));
                    break;
                default:
                    damaged.RemoveRange(at, damaged.Count - at);
                    break;
            }
        }

        return [.. damaged];
    }
}
