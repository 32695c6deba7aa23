using System.Text.Json.Nodes;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>What OpenShift has to allow, compared with what the pods ask for.</summary>
public sealed class OpenShiftTests
{
    [FactWith("helm", "kubectl")]
    public async Task Each_set_of_constraints_allows_what_its_pods_ask_for_and_nothing_that_they_do_not()
    {
        var manifests = await Chart.RenderAsync("alternatives");
        foreach (var component in new[] { "fluent-bit", "node-exporter" })
        {
            var pod = manifests.Get("DaemonSet", $"aura-logs-{component}")["spec"]!["template"]!["spec"]!;
            var constraints = manifests.Get("SecurityContextConstraints", $"logging-aura-logs-{component}");

            Assert.Equal($"system:serviceaccount:logging:{pod["serviceAccountName"]}", (string?)Assert.Single(Manifests.Items(constraints["users"])));
            Assert.Equal((bool?)pod["hostNetwork"] ?? false, (bool)constraints["allowHostNetwork"]!);
            Assert.Equal((bool?)pod["hostPID"] ?? false, (bool)constraints["allowHostPID"]!);
            Assert.Equal(
                Manifests.Items(pod["containers"]).SelectMany(container => Manifests.Items(container["securityContext"]!["capabilities"]!["add"])).Select(text => (string)text!),
                Manifests.Items(constraints["allowedCapabilities"]).Select(text => (string)text!));
            Assert.Equal((int)pod["securityContext"]!["runAsUser"]! == 0 ? "RunAsAny" : "MustRunAsNonRoot", (string?)constraints["runAsUser"]!["type"]);
            var volumes = Manifests.Items(constraints["volumes"]).Select(text => (string)text!).ToList();
            Assert.All(Manifests.Items(pod["volumes"]), volume => Assert.Contains(volume.AsObject().Select(pair => pair.Key).Single(key => key != "name"), volumes));
            Assert.False((bool)constraints["allowPrivilegedContainer"]!);
        }
    }

    [FactWith("helm", "kubectl")]
    public async Task All_other_pods_may_run_as_their_fixed_users()
    {
        var binding = (await Chart.RenderAsync("alternatives")).Get("RoleBinding", "aura-logs-nonroot");

        Assert.Equal("system:openshift:scc:nonroot-v2", (string?)binding["roleRef"]!["name"]);
        Assert.Equal("system:serviceaccounts:logging", (string?)Assert.Single(Manifests.Items(binding["subjects"]))["name"]);
    }

    [FactWith("helm", "kubectl")]
    public async Task SELinux_lets_Fluent_Bit_read_the_logs_there_and_nothing_is_said_of_it_elsewhere()
    {
        Assert.Equal("spc_t", (string?)await TypeAsync("alternatives"));
        Assert.Null(await TypeAsync("platform"));

        static async Task<JsonNode?> TypeAsync(string profile) =>
            (await Chart.RenderAsync(profile)).Get("DaemonSet", "aura-logs-fluent-bit")["spec"]!["template"]!["spec"]!["securityContext"]!["seLinuxOptions"]?["type"];
    }
}
