using System.Buffers.Binary;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Console;

/// <summary>The console in a real browser, used as a person does.</summary>
[NeedsPrograms(NpmServer.Node, NpmServer.Npm, BrowserProcess.Chromium)]
public sealed class ConsoleTests
{
    private const string User = "alice";
    private const string Operator = "operator";
    private const int Size = 6_000_000;

    // Slow enough to be paused in the middle.
    private const int BytesPerSecond = 2_000_000;

    private static readonly string[] _rail = ["receiving", "uploaded", "queued", "processing", "ready"];
    private static readonly string[] _pages =
        ["upload", "live", "videos", "webhooks", "silos", "sockets", "queue", "library", "users", "config", "measurements"];

    [ContractFact]
    public async Task VideoIsUploadedWatchedAndDeleted()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var folder = new TempFolder();
        using var browser = await OpenAsync();
        using var api = silo.As(User);
        await SignInAsync(browser, silo, api.Token!);

        await browser.CallAsync("slow", BytesPerSecond);
        await browser.CallAsync("choose", new[] { await MakeFileAsync(folder) });
        await UntilAsync(browser, "[data-testid=progress]", " MB of 6");
        await ClickAsync(browser, "button", "Pause");
        await browser.CallAsync("seen", "[data-testid=upload][data-state=paused]");
        var upload = Assert.Single((await api.GetJsonAsync("/api/uploads")).GetProperty("items").EnumerateArray());
        Assert.InRange(upload.GetProperty("offset").GetInt64(), 0, Size - 1);
        await browser.CallAsync("slow", 0);
        await ClickAsync(browser, "button", "Resume");
        await browser.CallAsync("seen", "[data-testid=upload][data-state=ready]");
        Assert.Equal(_rail, await RailAsync(browser));

        var id = Assert.Single(await api.ListAsync());
        Assert.Equal(Size, (await api.GetJsonAsync($"/api/videos/{id}")).GetProperty("size_bytes").GetInt64());
        await VisitAsync(browser, "live");
        var second = await api.UploadToReadyAsync(Samples.Mp4, "second.mp4");
        await UntilAsync(browser, ".live tbody tr", "second.mp4");
        await UntilAsync(browser, ".live tbody tr", "video.ready");

        await VisitAsync(browser, "videos");
        await browser.CallAsync("seen", $"[data-video=\"{second}\"]");
        await browser.CallAsync("go", $"{silo.Address}#/videos/{second}");
        await UntilAsync(browser, ".timeline li", "video.ready");
        await ClickAsync(browser, "button", "Delete");
        await ClickAsync(browser, "button", "Delete video");
        await browser.CallAsync("seen", $"[data-video=\"{id}\"]");
        Assert.Equal([id], await api.ListAsync());
        Assert.Equal("#/videos", (await browser.CallAsync("hash")).GetString());
        await IsWellAsync(browser, silo);
    }

    [Fact]
    public async Task OperatorOpensTheDashboardOfOrleans()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Dashboard__Enabled", "true"));
        using var browser = await OpenAsync();
        await SignInAsync(browser, silo, silo.Token(Operator, "admin", "read"));
        await VisitAsync(browser, "silos");
        await ClickAsync(browser, "button", "Dashboard of Orleans");
        await UntilAsync(browser, ".app-main", "Total Activations");
        foreach (var (page, part) in (IEnumerable<(string, string)>)[("grains", "table"), ("silos", "table"), ("lifecycle", "svg")])
        {
            await browser.CallAsync("go", $"{silo.Address}dashboard/#/{page}");
            await browser.CallAsync("seen", $".app-main {part}");
        }

        // Nothing of another host, and nothing that its policy refuses.
        await IsWellAsync(browser, silo);
    }

    [ContractFact]
    public async Task LiveGoesOnWithoutAGap_WhenTheSiloIsKilled()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var browser = await OpenAsync();
        using var api = silo.As(User);
        await SignInAsync(browser, silo, api.Token!);
        await VisitAsync(browser, "live");
        await UntilAsync(browser, "[data-testid=connection]", "Live");

        await silo.KillAsync();
        await UntilAsync(browser, "[data-testid=connection]", "Offline");
        await silo.StartAgainAsync();
        await api.UploadToReadyAsync(Samples.Mp4, "after.mp4");

        await UntilAsync(browser, "[data-testid=connection]", "Live");
        await UntilAsync(browser, ".live tbody tr", "after.mp4");
        await UntilAsync(browser, ".live tbody tr", "video.ready");
        var shown = (await TextsAsync(browser, ".live tbody tr .c-cursor")).Where(cursor => cursor.Length > 0).ToArray();
        Assert.Equal(shown.Distinct(), shown);
    }

    [ContractFact]
    public async Task PagesAreWithoutBarriers_InBothThemesAndOnAPhone()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var browser = await OpenAsync();
        await browser.CallAsync("go", silo.Address);
        await browser.CallAsync("seen", "textarea");
        await IsAccessibleAsync(browser, "sign in");
        using var api = silo.As(Operator, "upload", "read", "share", "webhooks", "admin");
        await api.UploadToReadyAsync(Samples.Mp4, "holiday.mp4");
        await SignInAsync(browser, silo, api.Token!);

        foreach (var theme in (string[])["light", "dark"])
        {
            await browser.CallAsync("theme", theme);
            foreach (var page in _pages)
            {
                await VisitAsync(browser, page);
                await IsAccessibleAsync(browser, $"{page}, {theme}");
            }
        }

        await browser.CallAsync("phone");
        foreach (var page in _pages)
        {
            await VisitAsync(browser, page);
            Assert.True((await browser.CallAsync("overflow")).GetInt32() <= 0, $"{page} is wider than a phone");
            await IsAccessibleAsync(browser, $"{page}, phone");
        }

        await IsWellAsync(browser, silo);
        var kept = await browser.CallAsync("storage");
        Assert.Equal("", kept.GetProperty("cookies").GetString());
        Assert.DoesNotContain(api.Token!, kept.GetProperty("local").GetString(), StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task OperatorFindsVideosAndSettings()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Uploads__SlowSeconds", "7"));
        using var browser = await OpenAsync();
        using var api = silo.As(User);
        using var other = silo.As("Bob Ü");
        var video = await api.UploadToReadyAsync(Samples.Mp4, "alice.mp4");
        await other.UploadToReadyAsync(Samples.Mp4, "bob.mp4");
        using var admin = silo.As(Operator, "read", "admin");
        await SignInAsync(browser, silo, admin.Token!);

        await VisitAsync(browser, "library");
        await UntilAsync(browser, "[data-testid=library] tr", video);
        await UntilAsync(browser, "[data-testid=library] tr", "bob.mp4");
        await browser.CallAsync("fill", new { role = "searchbox", name = "User", text = User });
        await UntilCountAsync(browser, "[data-testid=library] tbody tr", 1);
        await browser.CallAsync("go", $"{silo.Address}#/library/{Uri.EscapeDataString("Bob Ü")}");
        await UntilAsync(browser, "[data-testid=library] tr", "bob.mp4");
        await UntilCountAsync(browser, "[data-testid=library] tbody tr", 1);
        await VisitAsync(browser, "sockets");
        await UntilAsync(browser, ".facts", "Slow readers");

        await VisitAsync(browser, "config");
        await ClickAsync(browser, "checkbox", "only what is set");
        await UntilAsync(browser, "tbody tr", "Ingestion:Uploads:SlowSeconds7environment");
        await VisitAsync(browser, "measurements");
        await UntilAsync(browser, ".card tbody tr", "start_to_ready_ms");
        await browser.CallAsync("seen", ".card tbody .plot .line[d]");
        await IsWellAsync(browser, silo);

        // Behind the check: a user who is not being erased has no erasure, and the browser counts that answer as an error.
        await browser.CallAsync("go", $"{silo.Address}#/library/{User}");
        await ClickAsync(browser, "link", User);
        await UntilAsync(browser, ".facts", "Stored");
        await browser.CallAsync("go", $"{silo.Address}#/users/{Uri.EscapeDataString("Bob Ü")}");
        await UntilAsync(browser, "h2", "Bob Ü");
    }

    [ContractFact]
    public async Task LiveGoesOnByAnotherTransport_AndShowsFrames()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var browser = await OpenAsync();
        using var api = silo.As(User);
        await SignInAsync(browser, silo, api.Token!);
        await VisitAsync(browser, "live");
        await UntilAsync(browser, "[data-testid=connection]", "Live");
        await browser.CallAsync("select", new { name = "Transport", value = "sse" });
        await browser.CallAsync("requested", "/api/events?");
        await UntilAsync(browser, "[data-testid=connection]", "Live");

        await api.UploadToReadyAsync(Samples.Mp4, "by-stream.mp4");

        await UntilAsync(browser, ".live tbody tr", "by-stream.mp4");
        await UntilAsync(browser, ".live tbody tr", "video.ready");
        await ClickAsync(browser, "button", "video.ready");
        await UntilAsync(browser, "pre", "event: video.ready");

        await browser.CallAsync("select", new { name = "Transport", value = "poll" });
        await browser.CallAsync("requested", "wait=25");
        await UntilAsync(browser, "[data-testid=connection]", "Live");
        await api.UploadToReadyAsync(Samples.Mp4, "by-poll.mp4");
        await UntilAsync(browser, ".live tbody tr:first-child", "by-poll.mp4");
        await UntilAsync(browser, ".live tbody tr:first-child", "video.ready");
        await ClickAsync(browser, "button", "video.ready");
        await UntilAsync(browser, "pre", "{\"mode\":\"replay\"");
        await IsWellAsync(browser, silo);
    }

    [ContractFact]
    public async Task AnswerOfAnEarlierQuestion_IsNotShownOverALaterOne()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var browser = await OpenAsync();
        using var api = silo.As(User);
        await api.UploadToReadyAsync(Samples.Mp4, "alice.mp4");
        using var admin = silo.As(Operator, "admin");
        await SignInAsync(browser, silo, admin.Token!);
        await browser.CallAsync("hold", User);

        await VisitAsync(browser, "users");
        foreach (var user in (string[])[User, "bob"])
        {
            await browser.CallAsync("fill", new { name = "User id", text = user });
            await ClickAsync(browser, "button", "Look up");
        }

        await UntilAsync(browser, "h2", "bob");
        await browser.CallAsync("letGo");
        Assert.DoesNotContain(User, await TextsAsync(browser, "h2"));
        Assert.Contains("bob", await TextsAsync(browser, "h2"));

        // The first look at the list is for all users, the next one for a user without videos, the last one for all again.
        await browser.CallAsync("hold", "owner=nobody");
        await VisitAsync(browser, "library");
        await UntilAsync(browser, "[data-testid=library] tr", "alice.mp4");
        await browser.CallAsync("fill", new { role = "searchbox", name = "User", text = "nobody" });
        await browser.CallAsync("fill", new { role = "searchbox", name = "User", text = "" });
        await browser.CallAsync("letGo");
        Assert.Single(await TextsAsync(browser, "[data-testid=library] tbody tr"));
    }

    /// <summary>Behind pages that have nothing of a filter there may be some that have.</summary>
    [ContractFact]
    public async Task ListDoesNotSayThatThereIsNothing_WhileThereAreMorePages()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var browser = await OpenAsync();
        using var admin = silo.As(Operator, "admin");
        await SignInAsync(browser, silo, admin.Token!);
        await browser.CallAsync("answer", new { part = "/api/admin/videos", json = new { items = Array.Empty<object>(), next_cursor = "next" } });
        await VisitAsync(browser, "library");
        await UntilAsync(browser, ".empty", "there are more");
        await browser.CallAsync("answer", new { part = "/api/admin/videos", json = new { items = Array.Empty<object>() } });
        await ClickAsync(browser, "button", "Show more");
        await UntilAsync(browser, ".empty", "No video is like that.");
        await IsWellAsync(browser, silo);
    }

    [ContractFact]
    public async Task LinkOfTheLogSignsIn_AndAShareShowsOneVideo()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var browser = await OpenAsync();
        await Eventually.TrueAsync(() => silo.Log.Contains("/#ticket=", StringComparison.Ordinal), "the link is logged");
        var link = silo.Log.Split(' ', '\n').First(word => word.Contains("/#ticket=", StringComparison.Ordinal));
        await browser.CallAsync("go", link);
        await browser.CallAsync("seen", "#nav a[href=\"#/silos\"]");
        Assert.DoesNotContain("ticket", (await browser.CallAsync("hash")).GetString(), StringComparison.Ordinal);

        using var api = silo.As(User);
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        var share = (await api.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share")).Is(201).Json.GetProperty("token").GetString();
        using var guest = await OpenAsync();
        await guest.CallAsync("go", $"{silo.Address}#share={share}");
        await UntilAsync(guest, "[data-testid=connection]", "Live");
        await UntilAsync(guest, ".live tbody tr", "video.ready");
        Assert.Equal(["Live"], await TextsAsync(guest, "#nav a"));
        await IsWellAsync(guest, silo);
    }

    [ContractFact]
    public async Task VideoPlays_ForItsOwnerAndForAGuestWhoMay()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var browser = await OpenAsync();
        using var api = silo.As(User);
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        await SignInAsync(browser, silo, api.Token!);
        await browser.CallAsync("go", $"{silo.Address}#/videos/{video}");

        var played = await browser.CallAsync("play");

        Assert.Equal($"/media/{video}/poster", played.GetProperty("poster").GetString());
        Assert.True(played.GetProperty("width").GetInt32() > 0);
        await ClickAsync(browser, "button", "Share");
        await ClickAsync(browser, "checkbox", "They may play the video too");
        await ClickAsync(browser, "button", "Make a share");
        await UntilAsync(browser, "section span", "with the video");
        await IsWellAsync(browser, silo);

        var share = (await api.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share?play=true")).Is(201).Json.GetProperty("token").GetString();
        using var guest = await OpenAsync();
        await guest.CallAsync("go", $"{silo.Address}#share={share}");
        await guest.CallAsync("play");
        await IsWellAsync(guest, silo);
    }

    private static async Task<NodeScript> OpenAsync() =>
        await BrowserProcess.StartAsync("Console/browser.mjs", new { axe = await NpmServer.InstallAsync("axe-core", "4.14.1") });

    private static async Task SignInAsync(NodeScript browser, SiloProcess silo, string token)
    {
        await browser.CallAsync("go", silo.Address);
        await browser.CallAsync("fill", new { name = "Token", text = token });
        await ClickAsync(browser, "button", "Sign in");
        await browser.CallAsync("seen", "#nav");
    }

    private static Task<JsonElement> ClickAsync(NodeScript browser, string role, string name) => browser.CallAsync("click", new { role, name });

    private static Task<JsonElement> VisitAsync(NodeScript browser, string page) => browser.CallAsync("visit", $"#/{page}");

    private static Task<JsonElement> UntilAsync(NodeScript browser, string selector, string text) => browser.CallAsync("until", new { selector, text });

    private static Task<JsonElement> UntilCountAsync(NodeScript browser, string selector, int count) =>
        browser.CallAsync("untilCount", new { selector, count });

    private static async Task<string[]> TextsAsync(NodeScript browser, string selector) =>
        [.. (await browser.CallAsync("texts", selector)).EnumerateArray().Select(text => text.GetString()!)];

    /// <summary>Names of the stops that are done.</summary>
    private static async Task<string[]> RailAsync(NodeScript browser) => [.. (await TextsAsync(browser, ".rail li.done")).Select(stop => stop.Split('+')[0])];

    private static async Task IsAccessibleAsync(NodeScript browser, string page)
    {
        var violations = (await browser.CallAsync("axe")).EnumerateArray().Select(violation => violation.GetString()).ToArray();
        Assert.True(violations is [], $"{page}: {string.Join('\n', violations)}");
    }

    /// <summary>No error, nothing that its policy had to refuse, and no request to another host.</summary>
    private static async Task IsWellAsync(NodeScript browser, SiloProcess silo)
    {
        Assert.Empty((await browser.CallAsync("problems")).EnumerateArray().Select(problem => problem.GetString()));
        Assert.Equal([silo.Address.Authority], (await browser.CallAsync("hosts")).EnumerateArray().Select(host => host.GetString()));
    }

    /// <summary>The sample with a box that players pass over, to its size.</summary>
    private static async Task<string> MakeFileAsync(TempFolder folder)
    {
        var content = Samples.Padded(Size);
        BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(Samples.Mp4.Length), Size - Samples.Mp4.Length);
        "free"u8.CopyTo(content.AsSpan(Samples.Mp4.Length + sizeof(int)));
        var path = Path.Combine(folder.Path, "holiday.mp4");
        await File.WriteAllBytesAsync(path, content);
        return path;
    }
}
