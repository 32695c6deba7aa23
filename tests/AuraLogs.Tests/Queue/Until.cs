namespace AuraLogs.Tests.Queue;

/// <summary>Waits for a condition instead of for a time.</summary>
internal static class Until
{
    public static async Task TrueAsync(Func<bool> condition)
    {
        var deadline = DateTime.UtcNow.AddSeconds(30);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, "The condition did not come true in 30 s.");
            await Task.Delay(5);
        }
    }
}
