using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace AuraLogs.LoadTests.Generating;

/// <summary>
/// One connection of a client that keeps its promise: it sends frames, reads acks, and after a broken connection sends
/// again, with the same bytes, all that was not acknowledged.
/// </summary>
internal sealed class ForwardSender(
    IPEndPoint aggregator, IFrames frames, FrameSchedule schedule, LoadOptions options, LoadProgress progress)
{
    private const int WriteBytes = 64 << 10;
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromMilliseconds(200);
    private readonly UnackedFrames _unacked = new();
    private readonly byte[] _buffer = new byte[Math.Max(WriteBytes, frames.MaxBytes)];
    private readonly byte[] _received = new byte[32 << 10];
    private bool _allSent;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!_allSent || _unacked.Count > 0)
        {
            try
            {
                using var socket = options.NewSocket();
                socket.NoDelay = true;
                await ConnectAsync(socket, cancellationToken);
                await RunAsync(socket, cancellationToken);
            }
            catch (Exception broken) when (broken is SocketException or IOException && !cancellationToken.IsCancellationRequested)
            {
                progress.Reconnecting();
                await Task.Delay(ReconnectDelay, cancellationToken);
            }
        }
    }

    /// <summary>A peer that does not answer is given up as soon as one whose ack does not come.</summary>
    private async Task ConnectAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.AckTimeout);
        try
        {
            await socket.ConnectAsync(aggregator, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("The aggregator does not answer.");
        }
    }

    private async Task RunAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var receiving = ReceiveAsync(socket, ended.Token);
        var sending = SendAsync(socket, ended.Token);
        try
        {
            await await Task.WhenAny(receiving, sending);
        }
        finally
        {
            await ended.CancelAsync();
            socket.Close();
            await Task.WhenAll(receiving, sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Returns when everything has been sent and acknowledged.</summary>
    private async Task SendAsync(Socket socket, CancellationToken cancellationToken)
    {
        // 1. What an earlier connection left without an ack.
        var again = _unacked.InOrder();
        progress.Resending(again.Count);
        foreach (var (number, time) in again)
            await SendAsync(socket, number, 1, time, cancellationToken);

        // 2. New frames, small ones several in a write, as long as the window has room and the schedule says so.
        var most = Math.Clamp(Math.Min(WriteBytes / frames.MaxBytes, options.InFlight), 1, options.Rate > 0 ? 1 : int.MaxValue);
        while (!_allSent)
        {
            while (_unacked.Count + most > options.InFlight)
                await _unacked.WaitAsync(cancellationToken);
            var count = schedule.Take(most, out var first);
            if (count == 0)
            {
                _allSent = true;
                break;
            }

            // Noted before the wait, so that a connection that breaks meanwhile loses none of them.
            var time = DateTimeOffset.UtcNow;
            _unacked.Add(first, count, time);
            await WaitUntilDueAsync(first, cancellationToken);
            await SendAsync(socket, first, count, time, cancellationToken);
        }

        // 3. The last acks.
        while (_unacked.Count > 0)
            await _unacked.WaitAsync(cancellationToken);
    }

    private async Task SendAsync(Socket socket, long first, int count, DateTimeOffset time, CancellationToken cancellationToken)
    {
        var length = 0;
        for (var number = first; number < first + count; number++)
            length += frames.Write(number, time, _buffer.AsSpan(length));
        for (var sent = 0; sent < length;)
            sent += await socket.SendAsync(_buffer.AsMemory(sent, length - sent), cancellationToken);
        _unacked.Sent(first, count);
    }

    private async Task WaitUntilDueAsync(long number, CancellationToken cancellationToken)
    {
        var wait = schedule.UntilDue(number);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, cancellationToken);
        else if (wait < TimeSpan.Zero)
            progress.Lagged(-wait);
    }

    private async Task ReceiveAsync(Socket socket, CancellationToken cancellationToken)
    {
        var kept = 0;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        while (true)
        {
            patience.CancelAfter(options.AckTimeout);
            int count;
            try
            {
                count = await socket.ReceiveAsync(_received.AsMemory(kept), patience.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new IOException("No ack came in time.");
            }

            if (count == 0)
                throw new IOException("The aggregator closed the connection.");
            kept = TakeAcks(_received.AsSpan(0, kept + count));
        }
    }

    /// <summary>Takes the acks that came whole, moves the rest to the buffer's start and returns its length.</summary>
    private int TakeAcks(Span<byte> bytes)
    {
        ReadOnlySpan<byte> received = bytes;
        var now = Stopwatch.GetTimestamp();
        var acked = 0;
        while (AckReader.TryRead(ref received, out var number))
        {
            if (_unacked.Acked(number, now) is not { } latency)
                continue;
            progress.Latency(latency);
            acked++;
        }

        progress.Acked(acked, now);
        _unacked.Signal();
        received.CopyTo(_received);
        return received.Length;
    }
}
