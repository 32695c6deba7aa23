using AuraLogs.Memory;

namespace AuraLogs.Elasticsearch.Answers;

/// <summary>
/// Reads whole answers into memory of a budget. Each has a buffer of the usual size; one that is larger is read when no other
/// such is held, so that what comes at once is bounded however many answers come and however long they are, and none waits for
/// memory that another holds while it waits too.
/// </summary>
/// <param name="memory">The budget: the largest answer, and one of the usual size for each request at once.</param>
/// <param name="maxBytes">The most bytes of an answer, whatever its request allows.</param>
internal sealed class AnswerReader(MemoryBudget memory, int maxBytes) : IDisposable
{
    /// <summary>Room for the answer to a bulk request of 10,000 documents that all went well, twice.</summary>
    public const int UsualBytes = 512 << 10;

    private readonly SemaphoreSlim _large = new(1);

    /// <param name="content">The answer's body.</param>
    /// <param name="mostBytes">The most bytes that are sensible, as the request was.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IOException">The connection broke, or the answer is longer than is sensible.</exception>
    public async Task<Answer> ReadAsync(HttpContent content, long mostBytes, CancellationToken cancellationToken)
    {
        mostBytes = Math.Min(mostBytes, maxBytes);
        RequireRoom(content.Headers.ContentLength ?? 0, mostBytes);
        var answer = new Answer(await memory.RentAsync(UsualBytes, cancellationToken));
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancellationToken);
            while (await stream.ReadAsync(answer.Room, cancellationToken) is var count and > 0)
            {
                answer.Length += count;
                RequireRoom(answer.Length, mostBytes);
                if (answer.Room.IsEmpty)
                    await GrowAsync(answer, cancellationToken);
            }

            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    public void Dispose() => _large.Dispose();

    private async Task GrowAsync(Answer answer, CancellationToken cancellationToken)
    {
        if (!answer.IsLarge)
            answer.BecomeLarge(await TurnAsync(cancellationToken));
        memory.Grow(answer.Buffer, Math.Min(answer.Buffer.Length * 2, maxBytes + 1));
    }

    private async Task<SemaphoreSlim> TurnAsync(CancellationToken cancellationToken)
    {
        await _large.WaitAsync(cancellationToken);
        return _large;
    }

    private static void RequireRoom(long length, long mostBytes)
    {
        if (length > mostBytes)
            throw new IOException($"the answer is longer than {mostBytes} bytes, which is more than the request has a use for or AuraLogs:Elasticsearch:MaxResponseBytes");
    }
}
