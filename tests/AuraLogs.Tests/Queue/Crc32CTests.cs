using System.Numerics;
using AuraLogs.Queue.Format;

namespace AuraLogs.Tests.Queue;

public class Crc32CTests
{
    [Fact]
    public void The_check_value_of_the_catalogue_comes_out() =>
        Assert.Equal(0xE3069283, Crc32C.Compute("123456789"u8));

    [Theory]
    [InlineData(3071)]
    [InlineData(3072)]
    [InlineData(3073)]
    [InlineData(10_007)]
    public void Lanes_give_what_byte_after_byte_gives(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        var crc = ~0u;
        foreach (var value in bytes)
            crc = BitOperations.Crc32C(crc, value);

        Assert.Equal(~crc, Crc32C.Compute(bytes));
        Assert.Equal(~crc, Crc32C.Compute(bytes.AsSpan(0, 5), bytes.AsSpan(5, 100), bytes.AsSpan(105)));
    }
}
