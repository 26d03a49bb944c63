using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Console;

/// <summary>The console in a real browser, whose users sign in at an identity provider.</summary>
[NeedsPrograms(NpmServer.Node, NpmServer.Npm, BrowserProcess.Chromium)]
public sealed class ProviderSignInTests
{
    private const string Token = "/token";

    // Within what is renewed at once.
    private static readonly TimeSpan _short = TimeSpan.FromSeconds(25);

    // Longer than tokens last.
    private static readonly TimeSpan _clockError = TimeSpan.FromHours(3);

    [ContractFact]
    public async Task UserSignsInAtTheProvider_ComesBackToThePage_AndSignsOutThereToo()
    {
        await using var provider = await SignInProvider.StartAsync();
        await using var silo = await SiloProcess.StartAsync(null, provider.Settings);
        using var browser = await OpenAsync();
        await browser.CallAsync("go", $"{silo.Address}#/videos");
        await browser.CallAsync("seen", "textarea");
        Assert.Equal([silo.Address.Authority], await HostsAsync(browser));

        await SignInAsync(browser, provider);

        await browser.CallAsync("seen", "#main[data-page=videos]");
        Assert.Equal("#/videos", (await browser.CallAsync("hash")).GetString());
        Assert.Equal("", (await browser.CallAsync("search")).GetString());
        Assert.Equal([SignInProvider.User], await TextsAsync(browser, "#top .who"));
        await UntilAsync(browser, "[data-testid=connection]", "Live");
        Assert.Equal(["ingestion.renewal", "ingestion.token"], await KeptAsync(browser));
        Assert.Equal([silo.Address.Authority, provider.Address.Authority], await HostsAsync(browser));
        Assert.Equal(1, provider.CountOf(Token));

        await browser.CallAsync("click", new { role = "button", name = "Sign out" });
        await browser.CallAsync("seen", "textarea");
        Assert.Equal([SignInProvider.User], provider.Ended);
        Assert.Empty(await KeptAsync(browser));
        await IsWellAsync(browser);
        Assert.True(provider.Secrets.Count >= 4);
        Assert.All(provider.Secrets, secret => Assert.DoesNotContain(secret, silo.Log, StringComparison.Ordinal));
    }

    [ContractFact]
    public async Task TokenIsRenewed_WithoutAWord()
    {
        await using var provider = await SignInProvider.StartAsync();
        await using var silo = await SiloProcess.StartAsync(null, provider.Settings);
        using var browser = await OpenAsync();
        provider.Lifetime = _short;
        await browser.CallAsync("go", silo.Address);

        await SignInAsync(browser, provider);
        await browser.CallAsync("seen", "#nav");
        await UntilAsync(browser, "[data-testid=connection]", "Live");
        await Eventually.TrueAsync(() => Task.FromResult(provider.Renewals > 1), "the token is renewed, and that token once more");

        Assert.Empty(await TextsAsync(browser, "dialog"));
        await browser.CallAsync("visit", "#/videos");
        await UntilAsync(browser, "[data-testid=connection]", "Live");
        await IsWellAsync(browser);
    }

    [ContractFact]
    public async Task WrongReturnIsRefused_AndSaysWhy()
    {
        await using var provider = await SignInProvider.StartAsync();
        await using var silo = await SiloProcess.StartAsync(null, provider.Settings);
        using var browser = await OpenAsync();
        async Task IsRefusedAsync(string why)
        {
            await browser.CallAsync("go", silo.Address);
            await SignInAsync(browser, provider);
            await UntilAsync(browser, "[role=alert]", why);
            Assert.Equal("", (await browser.CallAsync("search")).GetString());
            Assert.Empty(await KeptAsync(browser));
        }

        provider.Returned["state"] = "another";
        await IsRefusedAsync("This sign-in did not begin in this tab");
        provider.Returned.Clear();
        provider.Returned["error"] = "access_denied";
        await IsRefusedAsync("The sign-in was cancelled");
        provider.Returned["error"] = "invalid_scope";
        provider.Returned["error_description"] = "There is no scope share.";
        await IsRefusedAsync("The identity provider refuses: There is no scope share.");
        Assert.Equal(0, provider.CountOf(Token));
        provider.Returned.Clear();
        provider.IdClaims["nonce"] = "another";
        await IsRefusedAsync("answered for another sign-in");
        provider.IdClaims.Clear();
        provider.ClockError = _clockError;
        await IsRefusedAsync("The clock of this device is wrong");
        provider.ClockError = -_clockError;
        await IsRefusedAsync("The clock of this device is wrong");
        // A link that another person has made, in a tab that has begun nothing.
        await browser.CallAsync("go", $"{silo.Address}?code=abc&state=def");
        await UntilAsync(browser, "[role=alert]", "This sign-in did not begin in this tab");
        Assert.Equal("", (await browser.CallAsync("search")).GetString());
        await IsWellAsync(browser);

        await provider.DisposeAsync();
        await browser.CallAsync("click", new { role = "button", name = provider.Button });
        await UntilAsync(browser, "#toasts", $"{provider.Address.Authority} can not be reached");
        Assert.All(provider.Secrets, secret => Assert.DoesNotContain(secret, silo.Log, StringComparison.Ordinal));
    }

    private static async Task<NodeScript> OpenAsync() =>
        await BrowserProcess.StartAsync("Console/browser.mjs", new { axe = await NpmServer.InstallAsync("axe-core", "4.14.1") });

    private static async Task SignInAsync(NodeScript browser, SignInProvider provider) =>
        await browser.CallAsync("click", new { role = "button", name = provider.Button });

    private static Task<JsonElement> UntilAsync(NodeScript browser, string selector, string text) => browser.CallAsync("until", new { selector, text });

    private static async Task<string[]> TextsAsync(NodeScript browser, string selector) => Texts(await browser.CallAsync("texts", selector));

    private static async Task<string[]> HostsAsync(NodeScript browser) => Texts(await browser.CallAsync("hosts"));

    private static async Task<string[]> KeptAsync(NodeScript browser) =>
        [.. Texts((await browser.CallAsync("storage")).GetProperty("session")).Order(StringComparer.Ordinal)];

    private static async Task IsWellAsync(NodeScript browser) => Assert.Empty(Texts(await browser.CallAsync("problems")));

    private static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(text => text.GetString()!)];
}
