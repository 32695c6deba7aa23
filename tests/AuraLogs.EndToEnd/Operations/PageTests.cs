using AuraLogs.EndToEnd.Harness;
using Microsoft.Playwright;

namespace AuraLogs.EndToEnd.Operations;

/// <summary>
/// The page in a real browser, over the real service. With <c>AURALOGS_SCREENSHOTS</c> set to a directory, what the browser
/// shows is kept there.
/// </summary>
public sealed class PageTests : IAsyncLifetime, IDisposable
{
    private const string Browser = "chromium";
    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _complaints = [];
    private ServiceProcess _service = null!;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (Tools.Find(Browser) is not { } program)
            return;
        _service = await LogTraffic.StartServiceAsync(_directory.Path);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = program, Args = ["--no-sandbox"] });
    }

    [FactWith(Browser)]
    public async Task The_overview_shows_what_happens_as_it_happens()
    {
        var page = await OpenAsync(1400, 1100, ColorScheme.Light);
        await ShowsAsync(page, "#headline", "Ready, and waiting for the first logs.");

        await LogTraffic.SendAsync(_service, 1200, "page");

        await ShowsAsync(page, "#headline", "Everything flows.");
        await ShowsAsync(page, "[data-value='ledger.received']", "1,200");
        await ShowsAsync(page, "#accounts .a-indexed dd", "1,200");
        await ShowsAsync(page, "#balance", "✓ balances, every event accounted for");
        await ShowsAsync(page, "#lifecycle-state", "✓ as it should be");
        await page.Locator("#throughput path.stroke").First.WaitForAsync();
        await KeepAsync(page, "overview-light");
        Assert.Empty(_complaints);
    }

    [FactWith(Browser)]
    public async Task On_a_phone_in_the_dark_nothing_is_wider_than_the_screen()
    {
        await LogTraffic.SendAsync(_service, 300, "phone");
        var page = await OpenAsync(390, 844, ColorScheme.Dark);
        await ShowsAsync(page, "#headline", "Everything flows.");

        Assert.Equal(390, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Equal("rgb(13, 17, 23)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        await KeepAsync(page, "overview-phone-dark");

        await page.GotoAsync(_service.Operations + "#logs");
        await page.Locator(".hit").First.WaitForAsync();
        Assert.Equal(390, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Empty(_complaints);
    }

    [FactWith(Browser)]
    public async Task Logs_are_found_narrowed_and_followed()
    {
        await LogTraffic.SendAsync(_service, 300, "logs");
        await ServiceStatus.WaitUntilDrainedAsync(_service);
        using (var witness = new SearchClient(_service.Elasticsearch))
            await witness.WaitForCountAsync(300, _service);
        var page = await OpenAsync(1400, 1000, ColorScheme.Dark);

        // 1. All of them, newest first, and a line opens.
        await page.Locator("[data-view=logs]").ClickAsync();
        await ShowsAsync(page, "#found", "300 events");
        await page.Locator(".hit > button").First.ClickAsync();
        await page.Locator(".hit dl").GetByText("kubernetes.labels.app").First.WaitForAsync();
        await KeepAsync(page, "logs-dark");

        // 2. A search, and a value of a field.
        await page.Locator("#query").FillAsync("level:error");
        await page.Keyboard.PressAsync("Enter");
        await ShowsAsync(page, "#found", "6 events");
        await page.Locator("#query").FillAsync("");
        await page.Locator("#fields button[data-field='kubernetes.pod_name']").ClickAsync();
        await page.Locator("#fields .values button").First.ClickAsync();
        await ShowsAsync(page, "#found", "100 events");

        // 3. A search that is no search says why.
        await page.Locator("#query").FillAsync("level:(");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("The search failed:").WaitForAsync();
        await page.Locator("#query").FillAsync("");
        await page.Locator("#filters button").First.ClickAsync();
        await ShowsAsync(page, "#found", "300 events");

        // 4. What arrives appears by itself.
        await page.Locator("#tail").ClickAsync();
        await LogTraffic.SendAsync(_service, 5, "tail", word: "tailed", secondsLater: 1);
        await page.Locator(".hit.fresh").GetByText("tailed number 4").WaitForAsync();
        await ShowsAsync(page, "#found", "305 events");
        Assert.All(_complaints, complaint => Assert.Contains("400 (Bad Request)", complaint, StringComparison.Ordinal));
    }

    [FactWith(Browser)]
    public async Task Who_has_no_right_is_asked_for_the_token_once()
    {
        await _service.DisposeAsync();
        _service = await ServiceProcess.StartAsync(
            Directory.CreateDirectory(Path.Combine(_directory.Path, "closed")).FullName,
            ("AuraLogs:Operations:Token", "the token of this test"), ("AuraLogs:Operations:LoopbackNeedsToken", "true"));
        await LogTraffic.SendAsync(_service, 30, "closed");
        await ServiceStatus.WaitUntilDrainedAsync(_service);
        var page = await OpenAsync(1400, 1000, ColorScheme.Light);
        await page.Locator("[data-view=logs]").ClickAsync();

        await page.Locator("#token").FillAsync("not the token");
        await page.Keyboard.PressAsync("Enter");
        await ShowsAsync(page, "#right-failure", "That is not the token.");
        Assert.Equal(0, await page.Locator(".hit").CountAsync());
        await KeepAsync(page, "logs-token");
        await page.Locator("#token").FillAsync("the token of this test");
        await page.Keyboard.PressAsync("Enter");

        await ShowsAsync(page, "#found", "30 events");
        await page.ReloadAsync();
        await ShowsAsync(page, "#found", "30 events");
        Assert.True(await page.Locator("#right").IsHiddenAsync());
        Assert.Equal("", await page.EvaluateAsync<string>("document.cookie"));
        Assert.All(_complaints, complaint => Assert.Contains("401 (Unauthorized)", complaint, StringComparison.Ordinal));
    }

    [FactWith(Browser)]
    public async Task When_the_service_is_gone_the_page_says_so_and_the_colours_are_the_readers_choice()
    {
        var page = await OpenAsync(1200, 900, ColorScheme.Light);
        await ShowsAsync(page, "#headline", "Ready, and waiting for the first logs.");
        await page.Locator("#theme").ClickAsync();
        await page.Locator("#theme").ClickAsync();
        Assert.Equal("rgb(13, 17, 23)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        await page.ReloadAsync();
        Assert.Equal("rgb(13, 17, 23)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        await ShowsAsync(page, "#headline", "Ready, and waiting for the first logs.");

        await _service.KillAsync();

        await ShowsAsync(page, "#headline", "AuraLogs does not answer.");
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_service is not null)
            await _service.DisposeAsync();
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>Whatever the browser complains about (errors, the content security policy) or asks elsewhere for is noted.</summary>
    private async Task<IPage> OpenAsync(int width, int height, ColorScheme colours)
    {
        var page = await _browser!.NewPageAsync(new BrowserNewPageOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = colours,
            Locale = "en-GB",
        });
        page.Console += (_, message) => Note(message.Type == "error", message.Text);
        page.PageError += (_, error) => Note(true, error);
        page.Request += (_, request) => Note(!request.Url.StartsWith(_service.Operations.ToString(), StringComparison.Ordinal), request.Url);
        await page.GotoAsync(_service.Operations.ToString());
        return page;
    }

    private void Note(bool complaint, string text)
    {
        if (complaint)
            _complaints.Add(text);
    }

    private static Task ShowsAsync(IPage page, string selector, string text) =>
        Assertions.Expect(page.Locator(selector)).ToHaveTextAsync(text, new LocatorAssertionsToHaveTextOptions { Timeout = 20_000 });

    private static async Task KeepAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("AURALOGS_SCREENSHOTS") is { Length: > 0 } directory)
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(directory, $"{name}.png") });
    }
}
