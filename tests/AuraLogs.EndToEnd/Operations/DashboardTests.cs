using System.Text.Json;
using AuraLogs.EndToEnd.Deploy;

namespace AuraLogs.EndToEnd.Operations;

public sealed class DashboardTests
{
    [Fact]
    public void Every_dashboard_is_whole_its_ids_are_its_own_and_its_panels_do_not_overlap()
    {
        var dashboards = Directory.GetFiles(Repository.PathOf("deploy", "grafana"), "*.json")
            .Select(file => JsonElement.Parse(File.ReadAllText(file))).ToList();

        Assert.Equal(dashboards.Count, dashboards.Select(dashboard => dashboard.GetProperty("uid").GetString()).Distinct().Count());
        foreach (var dashboard in dashboards)
        {
            var panels = dashboard.GetProperty("panels").EnumerateArray().ToList();
            Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
            var taken = new HashSet<(int, int)>();
            foreach (var panel in panels)
            {
                var place = panel.GetProperty("gridPos");
                int Of(string side) => place.GetProperty(side).GetInt32();
                Assert.True(Of("x") + Of("w") <= 24, panel.GetProperty("title").GetString());
                for (var x = Of("x"); x < Of("x") + Of("w"); x++)
                {
                    for (var y = Of("y"); y < Of("y") + Of("h"); y++)
                        Assert.True(taken.Add((x, y)), $"{panel.GetProperty("title").GetString()} overlaps another panel.");
                }
            }
        }
    }
}
