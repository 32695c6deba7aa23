using System.Text;
using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Refusing;
using AuraLogs.Unpacking;

namespace AuraLogs.Tests.Forward;

/// <summary>What a decoder said of a run of bytes.</summary>
internal sealed record Decoded(
    ForwardMode Mode, string Tag, string ChunkId, int Signal, Compression Compression, int EventCount, uint FirstSecond, string Events)
{
    public static readonly ForwardLimits Limits = new(
        MaxMessageBytes: 1 << 20,
        MaxNesting: 16,
        MaxTagBytes: 1000,
        MaxChunkIdBytes: 100,
        MaxUnpackedBytes: 4 << 20,
        MaxUnpackedRatio: 100,
        MaxEventsPerByte: 4,
        PartBytes: 1 << 20,
        MaxEventBytes: 1 << 20);

    /// <summary>Decodes all messages, given <paramref name="pieceSize"/> more bytes whenever the decoder asks.</summary>
    public static (IReadOnlyList<Decoded> Messages, Refusal Refusal) All(byte[] bytes, int pieceSize = int.MaxValue, ForwardLimits? limits = null)
    {
        var decoder = new ForwardDecoder(limits ?? Limits);
        var messages = new List<Decoded>();
        byte[] copy = [.. bytes];
        int start = 0;
        int arrived = (int)Math.Min(bytes.Length, (long)pieceSize);
        decoder.Begin();
        while (true)
        {
            switch (decoder.Decode(copy.AsSpan(start..arrived)))
            {
                case DecodeStatus.NeedMore when arrived == bytes.Length:
                    return (messages, start == arrived ? Refusal.None : Refusal.CutOff);
                case DecodeStatus.NeedMore:
                    arrived = (int)Math.Min(bytes.Length, (long)arrived + pieceSize);
                    continue;
                case DecodeStatus.Refused:
                    return (messages, decoder.Refusal);
                case DecodeStatus.Message:
                    messages.Add(Of(decoder, copy.AsSpan(start)));
                    break;
            }

            start += decoder.Message.Length;
            decoder.Begin();
        }
    }

    private static Decoded Of(ForwardDecoder decoder, Span<byte> bytes)
    {
        if (decoder.Message.Mode == ForwardMode.Message && decoder.Message.Signal == 0)
            decoder.Message.ReframeEvent(bytes);
        ref var message = ref decoder.Message;
        return new Decoded(
            message.Mode,
            Encoding.UTF8.GetString(bytes.Slice(message.Tag.Start, message.Tag.Length)),
            Encoding.UTF8.GetString(bytes.Slice(message.ChunkId.Start, message.ChunkId.Length)),
            message.Signal,
            message.Compression,
            message.EventCount,
            message.FirstSecond,
            Convert.ToHexString(bytes.Slice(message.Events.Start, message.Events.Length)));
    }
}
