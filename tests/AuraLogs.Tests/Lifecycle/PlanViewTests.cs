using AuraLogs.Lifecycle.Console;
using AuraLogs.Lifecycle.Desired;
using AuraLogs.Lifecycle.Reconcile;
using Spectre.Console;

namespace AuraLogs.Tests.Lifecycle;

public sealed class PlanViewTests
{
    [Fact]
    public void A_plan_shows_each_field_with_what_is_and_what_should_be()
    {
        var text = Render(
            new ResourceReport("ILM policy", "aura-services", ResourceState.Different)
            {
                Differences =
                [
                    new FieldDifference("phases.delete.min_age", "3d", "8d"),
                    new FieldDifference("phases.warm.min_age", "1d", null),
                    new FieldDifference("phases.delete.actions.wait_for_snapshot.policy", null, "aura-services-daily"),
                ],
            },
            new ResourceReport("SLM policy", "aura-services-daily", ResourceState.Foreign) { Sentence = "Not [ours]." });
        Assert.Equal(
            """
            Elasticsearch 9.1.0
            ~ ILM policy aura-services differs
                ~ phases.delete.min_age: 3d -> 8d
                - phases.warm.min_age: 1d
                + phases.delete.actions.wait_for_snapshot.policy: aura-services-daily
            ! SLM policy aura-services-daily is somebody else's
                Not [ours].
            1 to change, 1 with a problem.

            """,
            text);
    }

    [Fact]
    public void When_all_is_in_place_it_says_so() =>
        Assert.EndsWith(
            "✓ ILM policy aura-services is in place\nEverything is as it should be.\n",
            Render(new ResourceReport("ILM policy", "aura-services", ResourceState.InPlace)), StringComparison.Ordinal);

    private static string Render(params ResourceReport[] resources)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = 200;
        PlanView.Write(console, new LifecyclePass(new ClusterFeatures(new Version(9, 1, 0)), Deletion.AfterSnapshot, resources, ReadyForEvents: true));
        return writer.ToString();
    }
}
