using AuraLogs.Forward.Refusing;
using FsCheck;
using FsCheck.Fluent;

namespace AuraLogs.Tests.Forward;

public sealed class ForwardDecoderPropertyTests
{
    [Fact]
    public void What_was_sent_is_decoded_whatever_the_pieces_in_which_it_arrives()
    {
        var property = Prop.ForAll(
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            Gen.Choose(1, 200).ToArbitrary(),
            (seed, pieceSize) =>
            {
                var messages = new RandomMessages(seed);
                var sent = Enumerable.Range(0, 4).Select(_ => messages.Next()).ToList();
                byte[] bytes = Pack.Concat([.. sent.Select(message => message.Bytes)]);
                var expected = sent.Select(message => message.Expected).ToList();
                foreach (int size in (int[])[int.MaxValue, pieceSize])
                {
                    var (decoded, refusal) = Decoded.All(bytes, size);
                    Assert.Equal(Refusal.None, refusal);
                    Assert.Equal(expected, decoded);
                }
            });
        property.Check(Config.QuickThrowOnFailure.WithMaxTest(400));
    }
}
