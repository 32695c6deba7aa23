using AuraLogs.Telemetry;

namespace AuraLogs.Forward.Refusing;

/// <summary>
/// Keeps who is refused again and again, and for what: a sender that keeps its chunks repeats one that can't be taken for ever, so that is a
/// problem until it ends. One burst, as of a port scan, is none. What is kept is bounded; the one that was quiet longest is forgotten first.
/// </summary>
internal sealed class RefusedSenders(Problems problems, TimeProvider time)
{
    public const string Problem = "sender-refused";

    /// <summary>So many refusals, and so much time from the first to the last, make a problem.</summary>
    public const int LeastRefusals = 3;
    public static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(30);

    /// <summary>How long after the last refusal the problem is over.</summary>
    public static readonly TimeSpan QuietTime = TimeSpan.FromMinutes(10);

    private const int MostKept = 256;
    private const int MostNamed = 3;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Host, string Tag, Refusal Reason), Refused> _refused = [];
    private bool _isRaised;

    /// <param name="host">The sender's address without the port, which changes.</param>
    /// <param name="tag">The tag of the message; empty when it is not known.</param>
    /// <param name="reason">Why.</param>
    public void Add(string host, string tag, Refusal reason)
    {
        lock (_lock)
        {
            long now = time.GetTimestamp();
            var key = (host, tag, reason);
            if (!_refused.TryGetValue(key, out var before))
            {
                if (_refused.Count == MostKept)
                    _refused.Remove(_refused.MinBy(refused => refused.Value.Last).Key);
                before = new Refused(now, now, 0);
            }

            _refused[key] = before with { Last = now, Count = before.Count + 1 };
            Tell();
        }
    }

    /// <summary>Forgets who was quiet. To be called about once a second.</summary>
    public void Sweep()
    {
        lock (_lock)
        {
            if (_refused.Count == 0)
                return;
            int count = _refused.Count;
            foreach (var (key, refused) in _refused)
            {
                if (time.GetElapsedTime(refused.Last) > QuietTime)
                    _refused.Remove(key);
            }

            if (_refused.Count < count)
                Tell();
        }
    }

    private void Tell()
    {
        var again = _refused.Where(refused => IsAgain(refused.Value)).OrderByDescending(refused => refused.Value.Count).ToList();
        if (again.Count > 0)
        {
            string named = string.Join("; ", again.Take(MostNamed).Select(refused => Describe(refused.Key, refused.Value)));
            string others = again.Count > MostNamed ? $"; and {again.Count - MostNamed} more" : "";
            problems.Raise(
                Problem, $"Senders are refused again and again, and what they send does not arrive: {named}{others}. docs/forward.md says what each reason means.");
            _isRaised = true;
        }
        else if (_isRaised)
        {
            problems.Clear(Problem);
            _isRaised = false;
        }
    }

    private bool IsAgain(Refused refused) =>
        refused.Count >= LeastRefusals && time.GetElapsedTime(refused.First, refused.Last) >= LeastTime;

    private static string Describe((string Host, string Tag, Refusal Reason) key, Refused refused) =>
        $"{key.Host}{(key.Tag.Length > 0 ? $", tag {key.Tag}" : "")}: {key.Reason.Name()}, {refused.Count} times.{key.Reason.Hint()}".TrimEnd('.');

    private readonly record struct Refused(long First, long Last, int Count);
}
