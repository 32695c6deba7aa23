using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace AuraLogs.LoadTests.Faults;

/// <summary>Asks the service several times a second how it is, and remembers which problems it told of.</summary>
internal sealed class HealthLog : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);
    private readonly HttpClient _http;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _changing = new();
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly HashSet<string> _recent = new(StringComparer.Ordinal);
    private readonly Task _asking;
    private JsonElement? _latest;
    private long _answers;

    public HealthLog(Uri operations, SocketsHttpHandler handler)
    {
        _http = new HttpClient(handler) { BaseAddress = operations, Timeout = TimeSpan.FromSeconds(5) };
        _asking = AskAsync();
    }

    /// <summary>How many answers there were.</summary>
    public long Answers => Volatile.Read(ref _answers);

    /// <summary>The codes of all problems that were told of so far.</summary>
    public IReadOnlyList<string> Told
    {
        get
        {
            lock (_changing)
                return [.. _told.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>The codes of the problems that lasted at some moment since this was last called.</summary>
    public IReadOnlyList<string> TakeRecent()
    {
        lock (_changing)
        {
            string[] recent = [.. _recent.Order(StringComparer.Ordinal)];
            _recent.Clear();
            return recent;
        }
    }

    /// <summary>The codes of the problems of this moment; null when the service does not answer.</summary>
    public IReadOnlyList<string>? Current => Latest is { } status ? Codes(status, "problems") : null;

    /// <summary>The ledger of this moment; null when the service does not answer.</summary>
    public LedgerFigures? Ledger => Latest is { } status ? LedgerFigures.Of(status.GetProperty("ledger")) : null;

    /// <summary>What time it is for the service; null when it does not answer.</summary>
    public DateTimeOffset? Now => Latest?.GetProperty("now").GetDateTimeOffset();

    private JsonElement? Latest
    {
        get
        {
            lock (_changing)
                return _latest;
        }
    }

    /// <summary>What one of the other paths of the operations port answers now.</summary>
    public async Task<HttpStatusCode> StatusOfAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
        return answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Dispose();
        _stopping.Dispose();
    }

    private async Task AskAsync()
    {
        while (true)
        {
            JsonElement? status = null;
            try
            {
                status = await _http.GetFromJsonAsync<JsonElement>(new Uri("/api/status", UriKind.Relative), _stopping.Token);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException || (e is OperationCanceledException && !_stopping.IsCancellationRequested))
            {
                // It is down, stopped or starting; that is for the run to judge.
            }

            lock (_changing)
            {
                _latest = status;
                if (status is { } answered)
                {
                    _told.UnionWith(Codes(answered, "problems"));
                    _recent.UnionWith(Codes(answered, "problems"));
                    _told.UnionWith(Codes(answered, "pastProblems"));
                }
            }

            if (status is not null)
                Interlocked.Increment(ref _answers);
            await Task.Delay(Every, _stopping.Token);
        }
    }

    private static List<string> Codes(JsonElement status, string name) =>
        [.. status.GetProperty(name).EnumerateArray().Select(problem => problem.GetProperty("code").GetString()!)];
}
