using AuraLogs.Hosting.Settings;

namespace AuraLogs.Tests.Regressions;

/// <summary>An environment variable named AURALOGS, which some other tool may set, stopped the start: "AuraLogs is a section, not a value".</summary>
public sealed class ForeignEnvironmentVariableTests
{
    [Fact]
    public void A_variable_of_the_sections_own_name_is_nobodys_business()
    {
        Environment.SetEnvironmentVariable("AURALOGS", "1");
        try
        {
            Assert.Equal("prefix", ConfigurationLoader.Load(["--AuraLogs:Indexing:IndexPrefix=prefix"]).Options.Indexing.IndexPrefix);
        }
        finally
        {
            Environment.SetEnvironmentVariable("AURALOGS", null);
        }
    }
}
