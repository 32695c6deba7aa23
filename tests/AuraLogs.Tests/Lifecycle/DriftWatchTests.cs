using AuraLogs.Lifecycle.Reconcile;

namespace AuraLogs.Tests.Lifecycle;

public sealed class DriftWatchTests
{
    private readonly DriftWatch _watch = new();

    [Fact]
    public void Three_repairs_in_a_row_are_a_quarrel()
    {
        Assert.Empty(Note(ResourceChange.Repaired));
        Assert.Empty(Note(ResourceChange.Repaired));
        Assert.Single(Note(ResourceChange.Repaired));
        Assert.Empty(Note(ResourceChange.None));
    }

    [Fact]
    public void Repairs_with_rest_between_them_are_none()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Empty(Note(ResourceChange.Repaired));
            Assert.Empty(Note(ResourceChange.None));
        }
    }

    private IReadOnlyCollection<ResourceReport> Note(ResourceChange change) =>
        _watch.Note([new ResourceReport("ILM policy", "aura-services", ResourceState.InPlace) { Change = change }]);
}
