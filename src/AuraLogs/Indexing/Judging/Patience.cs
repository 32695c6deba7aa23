using AuraLogs.Elasticsearch.Answers;

namespace AuraLogs.Indexing.Judging;

/// <summary>
/// Tells a document that the cluster never takes from a cluster that takes nothing. A refusal counts against the documents of a
/// request only when others were taken since the refusal before it, ten times as many as were refused. When that is not so
/// the trouble is everybody's, and counting begins anew; when nothing was sent at all, the refusal says nothing.
/// </summary>
internal sealed class Patience(Acceptance acceptance, IndexingOptions options, TimeProvider time)
{
    private const int LeastRefusals = 20;
    private const int TakenForEachRefused = 10;

    private Acceptance.Sums _seen;
    private long _begun;
    private long _since;
    private int _counted;

    /// <summary>How often the documents were refused, whether it counts or not.</summary>
    public int Refusals { get; private set; }

    /// <summary>Whether others were taken between the last two refusals: then these are no sign of overload.</summary>
    public bool OthersAreTaken { get; private set; }

    /// <summary>Whether the documents were refused for so long and so often that it must be their own fault.</summary>
    public bool IsOver => _counted >= LeastRefusals && time.GetElapsedTime(_since) >= options.GiveUpAfter;

    /// <summary>The documents were refused, and the acceptance knows of it.</summary>
    public void Refused()
    {
        var now = acceptance.Current;
        var (taken, refused) = (now.Taken - _seen.Taken, now.Refused - _seen.Refused);
        _seen = now;
        OthersAreTaken = Refusals++ > 0 && taken > 0 && taken >= TakenForEachRefused * refused;
        if (OthersAreTaken)
        {
            _counted++;
        }
        else if (Refusals == 1 || refused > 0)
        {
            _begun = _since = time.GetTimestamp();
            _counted = 0;
        }
    }

    /// <summary>Whether the documents of the other one have been refused for about as long, so that they may share a request.</summary>
    public bool IsLike(Patience other) => time.GetElapsedTime(_begun, other._since).Duration() <= options.GiveUpAfter / 8;

    /// <summary>Takes in the documents of the other one: the shorter time counts for all.</summary>
    public void Join(Patience other)
    {
        _since = Math.Max(_since, other._since);
        _counted = Math.Min(_counted, other._counted);
        Refusals = Math.Min(Refusals, other.Refusals);
    }

    /// <summary>The error of a document that is given up.</summary>
    public ElasticsearchError Explain(ElasticsearchError error) =>
        error with { Reason = $"Refused {Refusals} times, while other documents were taken: {error.Explanation}", Cause = "" };

    /// <summary>For a part of the documents, to find which of them is at fault: as old, but the part has been refused by itself only from now on.</summary>
    public Patience ForPart() => new(acceptance, options, time) { _seen = acceptance.Current, _begun = _begun, _since = _since, Refusals = Refusals };
}
