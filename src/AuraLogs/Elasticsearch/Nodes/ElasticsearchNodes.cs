namespace AuraLogs.Elasticsearch.Nodes;

/// <summary>
/// Chooses a node for each request: the one with the fewest requests in flight, in turn among equals, so that a slow node gets
/// fewer. A node that fails is set aside, ever longer, until a probe finds it answering again.
/// </summary>
internal sealed class ElasticsearchNodes(IReadOnlyList<Uri> uris, TimeProvider time)
{
    private readonly ElasticsearchNode[] _nodes = [.. uris.Select(uri => new ElasticsearchNode(uri))];
    private readonly Lock _lock = new();
    private TaskCompletionSource _recovered = NewSignal();
    private int _next;

    public int Count => _nodes.Length;

    public int SetAside
    {
        get
        {
            lock (_lock)
                return _nodes.Count(node => node.IsSetAside);
        }
    }

    /// <summary>Completes when a node that was set aside answers again. Take it before looking at <see cref="SetAside"/>, and nothing is missed.</summary>
    public Task Recovered
    {
        get
        {
            lock (_lock)
                return _recovered.Task;
        }
    }

    /// <summary>The node for the next request. When all are set aside, the one that comes back first: somebody has to ask.</summary>
    /// <param name="tried">Nodes that have failed for this very request; taken only when there are no others.</param>
    public ElasticsearchNode Choose(IReadOnlyCollection<ElasticsearchNode> tried)
    {
        lock (_lock)
        {
            var first = (int)((uint)_next++ % (uint)_nodes.Length);
            ElasticsearchNode? best = null;
            for (var i = 0; i < _nodes.Length; i++)
            {
                var node = _nodes[(first + i) % _nodes.Length];
                if (!tried.Contains(node) && (best is null || IsBetter(node, best)))
                    best = node;
            }

            best ??= _nodes[first];
            best.Begin();
            return best;
        }
    }

    /// <summary>The set-aside nodes whose time has come; each is handed out once until its probe has ended.</summary>
    public IReadOnlyList<ElasticsearchNode> TakeDueForProbe()
    {
        lock (_lock)
        {
            List<ElasticsearchNode>? due = null;
            foreach (var node in _nodes)
            {
                if (!node.IsSetAside || node.IsProbed || time.GetTimestamp() < node.SetAsideUntil)
                    continue;
                node.IsProbed = true;
                (due ??= []).Add(node);
            }

            return due ?? (IReadOnlyList<ElasticsearchNode>)[];
        }
    }

    public void Answered(ElasticsearchNode node)
    {
        lock (_lock)
        {
            if (node.IsSetAside)
            {
                _recovered.TrySetResult();
                _recovered = NewSignal();
            }

            node.Answered();
            node.IsProbed = false;
        }
    }

    public void Failed(ElasticsearchNode node)
    {
        lock (_lock)
        {
            node.Failed(time);
            node.IsProbed = false;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static bool IsBetter(ElasticsearchNode node, ElasticsearchNode than)
    {
        if (node.IsSetAside != than.IsSetAside)
            return than.IsSetAside;
        return node.IsSetAside ? node.SetAsideUntil < than.SetAsideUntil : node.RequestsInFlight < than.RequestsInFlight;
    }
}
