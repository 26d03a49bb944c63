using System.Net.Http.Json;
using System.Security.Cryptography;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Console;

/// <summary>The client module of <c>clients/typescript</c> in Node, against a silo that dies.</summary>
public sealed class ClientTests
{
    private const int Size = 4_000_000;
    private const int ChunkSize = 500_000;
    private const int BytesPerSecond = 2_000_000;
    private const string User = "alice";

    // Node 20 has no WebSocket of its own.
    private static readonly (string Name, string Version) _webSocket = ("ws", "8.23.0");

    [NodeFact]
    public async Task UploadBecomesReady_WhenTheSiloIsKilledInTheMiddle()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var folder = new TempFolder();
        using var api = silo.As(User);
        var (path, content) = await MakeFileAsync(folder);
        using var client = await StartAsync(silo, "auto", api.Token!);
        await client.CallAsync("upload", new
        {
            file = path,
            bytesPerSecond = BytesPerSecond,
            chunkSize = ChunkSize,
            name = "видео.mp4",
            externalId = "order-42",
            metadata = new { album = "Ö" },
        });
        await UntilAsync(client, progress => progress.GetProperty("bytes").GetInt64() >= ChunkSize);
        await silo.KillAsync();
        await silo.StartAgainAsync();

        var done = await UntilAsync(client, progress => progress.GetProperty("ready").ValueKind is JsonValueKind.Object);
        Assert.Equal("ready", done.GetProperty("state").GetString());
        var id = Assert.Single(await api.ListAsync());
        var video = done.GetProperty("ready");
        Assert.Equal(id, video.GetProperty("video_id").GetString());
        Assert.Equal(("видео.mp4", "order-42", "Ö"), (video.GetProperty("file_name").GetString(), video.GetProperty("external_id").GetString(),
            video.GetProperty("metadata").GetProperty("album").GetString()));
        Assert.Equal(SHA256.HashData(content), SHA256.HashData((await api.GetAsync($"/api/videos/{id}/source")).Is(200).Body));
    }

    [NodeFact]
    public async Task UploadContinuesByItsAddress_AfterAPauseAndInAnotherProcess()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var folder = new TempFolder();
        using var api = silo.As(User);
        var (path, _) = await MakeFileAsync(folder);
        string url;
        using (var first = await StartAsync(silo, "auto", api.Token!))
        {
            await first.CallAsync("upload", new { file = path, bytesPerSecond = BytesPerSecond, chunkSize = ChunkSize });
            await UntilAsync(first, progress => progress.GetProperty("bytes").GetInt64() >= ChunkSize);
            await first.CallAsync("pause");
            var paused = await first.CallAsync("progress");
            Assert.Equal("paused", paused.GetProperty("state").GetString());
            url = paused.GetProperty("url").GetString()!;
        }

        using var second = await StartAsync(silo, "auto", api.Token!);
        await second.CallAsync("upload", new { file = path, url });
        var done = await UntilAsync(second, progress => progress.GetProperty("ready").ValueKind is JsonValueKind.Object);
        Assert.Equal(url.Split('/')[^1], done.GetProperty("id").GetString());
        Assert.Equal(done.GetProperty("id").GetString(), Assert.Single(await api.ListAsync()));
    }

    [NodeFact]
    public async Task CancelledUploadIsGone()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var folder = new TempFolder();
        using var api = silo.As(User);
        var (path, _) = await MakeFileAsync(folder);
        using var client = await StartAsync(silo, "auto", api.Token!);
        await client.CallAsync("upload", new { file = path, bytesPerSecond = BytesPerSecond, chunkSize = ChunkSize });
        var url = (await UntilAsync(client, progress => progress.GetProperty("url").ValueKind is JsonValueKind.String)).GetProperty("url").GetString()!;
        await client.CallAsync("cancel");
        var over = await UntilAsync(client, progress => progress.GetProperty("failed").ValueKind is JsonValueKind.String);
        Assert.Equal(("cancelled", "cancelled"), (over.GetProperty("state").GetString(), over.GetProperty("failed").GetString()));
        (await api.SendAsync(HttpMethod.Head, new Uri(url).AbsolutePath, content: null, ("Tus-Resumable", "1.0.0"))).Is(410);
    }

    /// <summary>What is no video fails at once, with the code of the service, and is not tried again.</summary>
    [NodeFact]
    public async Task UploadFailsWithTheCode_WhenItIsNoVideo()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var folder = new TempFolder();
        using var api = silo.As(User);
        var path = Path.Combine(folder.Path, "text.txt");
        await File.WriteAllTextAsync(path, new string('a', 10_000));
        using var client = await StartAsync(silo, "auto", api.Token!);
        await client.CallAsync("upload", new { file = path });
        var over = await UntilAsync(client, progress => progress.GetProperty("failed").ValueKind is JsonValueKind.String);
        Assert.Equal("not_a_video", over.GetProperty("failed").GetString());
    }

    [NodeTheory]
    [InlineData("ws")]
    [InlineData("sse")]
    [InlineData("poll")]
    public async Task EveryEventComesOnceAndInOrder_WhenTheSiloIsKilled(string transport)
    {
        await using var silo = await SiloProcess.StartAsync();
        using var api = silo.As(User);
        using var client = await StartAsync(silo, transport, api.Token!);
        await client.CallAsync("watch", new { });
        await Eventually.TrueAsync(async () => (await TextsAsync(client, "states")).Contains("live"), "it is live");
        await api.UploadToReadyAsync(Samples.Mp4);
        await silo.KillAsync();
        await silo.StartAgainAsync();
        await api.UploadToReadyAsync(Samples.Mp4);

        string?[] came = [];
        var kept = await HistoryAsync(api, "");
        await Eventually.TrueAsync(async () => (came = await CursorsAsync(client)).Length >= kept.Length, () => $"all come: {string.Join(' ', came)}");
        Assert.Equal(kept, came);
        Assert.Equal(transport, (await client.CallAsync("transport")).GetString());
    }

    [NodeTheory]
    [InlineData("ws")]
    [InlineData("poll")]
    public async Task NewClientGoesOnFromTheCursor(string transport)
    {
        await using var silo = await SiloProcess.StartAsync();
        using var api = silo.As(User);
        await api.UploadToReadyAsync(Samples.Mp4);
        var since = (await api.GetJsonAsync("/api/events/poll?wait=0")).GetProperty("cursor").GetString();
        await api.UploadToReadyAsync(Samples.Mp4);
        using var client = await StartAsync(silo, transport, api.Token!);
        await client.CallAsync("watch", new { since });
        var history = await HistoryAsync(api, $"?cursor={since}");
        await Eventually.TrueAsync(async () => (await CursorsAsync(client)).Length >= history.Length, "what was missed comes");
        Assert.Equal(history, await CursorsAsync(client));
        Assert.All((await client.CallAsync("events")).EnumerateArray(), e => Assert.True(e.GetProperty("replayed").GetBoolean()));
        Assert.Equal(history[^1], (await client.CallAsync("cursor")).GetString());
    }

    /// <summary>What stood in the journal before is a snapshot, what came while nothing listened is replayed, what comes now is neither.</summary>
    [NodeFact]
    public async Task PollTellsApart_WhatWasFromWhatComes()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var api = silo.As(User);
        using var admin = silo.As("operator", "admin");
        var before = await api.UploadToReadyAsync(Samples.Mp4);
        await Eventually.TrueAsync(async () => (await api.GetAsync("/api/events/history?type=video.ready")).Text.Contains(before, StringComparison.Ordinal),
            "it is in the journal");
        using var client = await StartAsync(silo, "poll", api.Token!);
        await client.CallAsync("watch", new { channels = new[] { "user", "system" } });
        await Eventually.TrueAsync(async () => (await TextsAsync(client, "states")).Contains("live"), "it is live");
        var now = await api.UploadToReadyAsync(Samples.Mp4);
        var message = JsonContent.Create(new { channel = "system", message = new { text = "soon" } });
        (await admin.SendAsync(HttpMethod.Post, "/api/admin/broadcast", message)).Is(202);

        JsonElement[] events = [];
        await Eventually.TrueAsync(
            async () =>
            {
                events = [.. (await client.CallAsync("events")).EnumerateArray()];
                return events.Any(e => TextOf(e, "type") is "system.broadcast") && events.Any(e => (TextOf(e, "video"), TextOf(e, "state")) == (now, "ready"));
            },
            "the second video is ready, and the broadcast comes");
        Assert.Equal((before, "ready", true), (TextOf(events[0], "video"), TextOf(events[0], "state"), events[0].GetProperty("snapshot").GetBoolean()));
        Assert.All(events.Skip(1), e => Assert.False(e.GetProperty("snapshot").GetBoolean() || e.GetProperty("replayed").GetBoolean()));
        Assert.Single(events, e => TextOf(e, "type") is "system.broadcast");
    }

    /// <summary>The socket stays, as it gets the next token in time.</summary>
    [NodeFact]
    public async Task TokenIsRenewedOnTheOpenSocket()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var api = silo.As(User);
        var expiring = HandMadeToken.Sign(silo.Data, new TokenClaims(User, ["read"]) { Expires = TimeProvider.System.GetUtcNow().AddSeconds(35) });
        using var client = await StartAsync(silo, "ws", expiring, api.Token!);
        await client.CallAsync("watch", new { });
        await Eventually.TrueAsync(async () => (await client.CallAsync("tokens")).GetInt32() == 2, "the next token was fetched");
        await api.UploadToReadyAsync(Samples.Mp4);
        await Eventually.TrueAsync(async () => (await TextsAsync(client, "states")) is [.., "live"] && (await CursorsAsync(client)).Length > 0, "events come");
        Assert.Equal(1, (await client.CallAsync("connections")).GetInt32());
    }

    [NodeTheory]
    [InlineData("sse")]
    [InlineData("poll")]
    public async Task WatchEndsWithTheCode_WhenTheTokenMayNotRead(string transport)
    {
        await using var silo = await SiloProcess.StartAsync();
        using var client = await StartAsync(silo, transport, silo.Token(User, "upload"));
        await client.CallAsync("watch", new { });
        await Eventually.TrueAsync(async () => (await TextsAsync(client, "states")) is [.., "scope_missing"], "it ends");
    }

    [NodeFact]
    public async Task RefusalHasItsCode()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var api = silo.As(User);
        using var client = await StartAsync(silo, "sse", api.Token!);
        var missing = await client.CallAsync("call", new { group = "videos", method = "get", args = new[] { new string('0', 32) } });
        Assert.Equal(("not_found", 404), (missing.GetProperty("code").GetString(), missing.GetProperty("status").GetInt32()));
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        var share = await client.CallAsync("call", new { group = "shares", method = "create", args = new object[] { video, new { ttl = 60 } } });
        Assert.Equal(60, share.GetProperty("expires_in").GetInt32());
        await client.CallAsync("call", new { group = "shares", method = "end", args = new[] { video, share.GetProperty("id").GetString() } });
        Assert.Empty((await client.CallAsync("call", new { group = "shares", method = "list", args = new[] { video } })).GetProperty("items").EnumerateArray());
        await client.CallAsync("call", new { group = "videos", method = "delete", args = new[] { video } });
        Assert.Empty(await api.ListAsync());
    }

    private static async Task<NodeScript> StartAsync(SiloProcess silo, string transport, params string[] tokens) =>
        NodeScript.Start("Console/client.mjs", new
        {
            url = silo.Address.GetLeftPart(UriPartial.Authority),
            tokens,
            transport,
            ws = transport == "ws" ? await NpmServer.InstallAsync(_webSocket.Name, _webSocket.Version) : null,
        });

    private static async Task<JsonElement> UntilAsync(NodeScript client, Func<JsonElement, bool> condition)
    {
        var progress = default(JsonElement);
        await Eventually.TrueAsync(async () => condition(progress = await client.CallAsync("progress")), () => $"{progress}");
        return progress;
    }

    private static string? TextOf(JsonElement e, string member) => e.GetProperty(member).GetString();

    private static async Task<string[]> TextsAsync(NodeScript client, string function) =>
        [.. (await client.CallAsync(function)).EnumerateArray().Select(text => text.GetString()!)];

    /// <summary>Of all events that are kept, or those after a cursor.</summary>
    private static async Task<string?[]> HistoryAsync(ApiClient api, string query) =>
        [.. (await api.GetJsonAsync($"/api/events/history{query}")).GetProperty("events").EnumerateArray().Select(e => e.GetProperty("cursor").GetString())];

    /// <summary>Of events that stand in the journal, as they came.</summary>
    private static async Task<string?[]> CursorsAsync(NodeScript client) =>
        [.. (await client.CallAsync("events")).EnumerateArray().Select(e => e.GetProperty("cursor").GetString()).Where(cursor => cursor is not null)];

    private static async Task<(string Path, byte[] Content)> MakeFileAsync(TempFolder folder)
    {
        var content = Samples.Padded(Size);
        var path = Path.Combine(folder.Path, "clip.mp4");
        await File.WriteAllBytesAsync(path, content);
        return (path, content);
    }
}
