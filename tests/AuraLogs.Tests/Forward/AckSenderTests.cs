using System.Net;
using System.Net.Sockets;
using AuraLogs.Forward;
using AuraLogs.Forward.Acknowledging;
using AuraLogs.Forward.Sockets;
using AuraLogs.Queue;
using AuraLogs.Queue.Resends;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Forward;

/// <summary>What becomes of acknowledgements, with real sockets and a queue whose commits are made by hand.</summary>
public sealed class AckSenderTests : IAsyncLifetime, IDisposable
{
    // tcp(7): what is dropped comes again each 200 ms, and not after twice the time before: else a busy machine would make a test wait too long for it.
    private const int TcpLevel = 6;
    private const int ThinLinearTimeouts = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly UInt128 Key = 7;

    private readonly QueueDirectory _directory = new();
    private readonly AuraLogsMeter _meter = new();
    private LogQueue _queue = null!;
    private Socket _ours = null!;
    private Socket _theirs = null!;
    private CountedStream _stream = null!;
    private AckSender _acks = null!;

    public async Task InitializeAsync()
    {
        _queue = _directory.OpenWithoutLoops();
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _theirs = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await _theirs.ConnectAsync(listener.LocalEndPoint!);
        _ours = await listener.AcceptAsync();
        _ours.SetRawSocketOption(TcpLevel, ThinLinearTimeouts, BitConverter.GetBytes(1));
        _stream = new CountedStream(_ours);
        _acks = new AckSender(_ours, _stream, _queue, new AckMemory(), new ForwardMetrics(_meter), TimeProvider.System, TimeSpan.TicksPerHour);
    }

    public Task DisposeAsync() => _queue.DisposeAsync().AsTask();

    public void Dispose()
    {
        _acks.Dispose();
        _stream.Dispose();
        _theirs.Dispose();
        _meter.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Only_what_a_commit_covers_is_acknowledged()
    {
        AddChunk(mayRepeat: false);
        var sending = _acks.SendAsync(_stream, default);
        var answer = ReceiveAsync();
        Assert.False(answer.IsCompleted);

        Assert.True(_queue.CommitOnce());

        Assert.Equal(Pack.Map(Pack.Str("ack"), Pack.Str("c")), await answer.WaitAsync(Patience));
        _acks.Complete();
        await sending.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_chunk_whose_acknowledgement_arrives_while_the_connection_ends_is_not_waited_for()
    {
        // An equal chunk that comes later is another one: it must not be taken for this one's resend.
        AddChunk(mayRepeat: false);
        _theirs.StopHearing();
        Assert.True(_queue.CommitOnce());
        _acks.Complete();
        await _acks.SendAsync(_stream, default).WaitAsync(Patience);
        Assert.Equal(1, _queue.Unacknowledged.Count);

        var learning = _acks.LearnWhatArrivesAsync(default);
        _theirs.HearAgain();

        await learning.WaitAsync(Patience);
        Assert.Equal(0, _queue.Unacknowledged.Count);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task When_we_end_the_connection_and_it_is_not_known_what_arrives_a_name_that_may_repeat_is_forgotten(bool mayRepeat, int remembered)
    {
        AddChunk(mayRepeat);
        _theirs.StopHearing();
        Assert.True(_queue.CommitOnce());
        var sending = _acks.SendAsync(_stream, default);
        await Until.TrueAsync(() => _acks.IsEmpty);
        _acks.Complete();
        await sending.WaitAsync(Patience);
        Assert.Equal(1, _queue.Unacknowledged.Count);

        await _acks.LearnWhatArrivesAsync(new CancellationToken(canceled: true)).WaitAsync(Patience);

        Assert.Equal(remembered, _queue.Unacknowledged.Count);
    }

    private void AddChunk(bool mayRepeat)
    {
        Assert.True(_queue.TryAppend(Entries.Number(1), out long address));
        _acks.Add(new StoredChunk(Key, address), TimeProvider.System.GetTimestamp(), "c"u8, mayRepeat);
    }

    private async Task<byte[]> ReceiveAsync()
    {
        byte[] buffer = new byte[100];
        int received = await _theirs.ReceiveAsync(buffer);
        return buffer[..received];
    }
}
