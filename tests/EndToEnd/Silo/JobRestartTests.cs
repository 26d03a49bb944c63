using System.Security.Cryptography;

namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>A video that was taken becomes ready, whatever happens to the process in between.</summary>
public sealed class JobRestartTests
{
    [MediaFact]
    public async Task JobRunsAfterAll_WhenTheSiloIsKilledRightAfterTheAnswer()
    {
        using var tools = new HeldTools();
        await using var silo = await SiloProcess.StartAsync(data: null, ("Worker__ToolPath", tools.Path));
        using var api = silo.As("alice");
        var id = await api.UploadAsync(Samples.Mp4);
        await silo.KillAsync();

        tools.LetGo();
        await silo.StartAgainAsync();
        await AssertReadyOnceAsync(silo, id, since: null);
    }

    [MediaFact]
    public async Task JobRunsAgainAndTheSubscriberContinues_WhenTheSiloIsKilledWhileProcessing()
    {
        using var tools = new HeldTools();
        await using var silo = await SiloProcess.StartAsync(data: null, ("Worker__ToolPath", tools.Path));
        using var api = silo.As("alice");
        string seen, id;
        await using (var before = await StatusClient.SubscribedAsync(api))
        {
            id = await api.UploadAsync(Samples.Mp4);
            seen = (await before.UntilAsync(id, "processing"))[^1].Cursor!;
            await tools.UntilBegunAsync();
            await silo.KillAsync();
        }

        await silo.StartAgainAsync();
        await using var after = await StatusClient.SubscribedAsync(api, seen);
        tools.LetGo();
        Assert.Equal(["ready"], (await after.UntilAsync(id, "ready")).Where(e => e.Cursor != seen).Select(e => e.State));
        await AssertReadyOnceAsync(silo, id, seen);
    }

    [MediaFact]
    public async Task JobRunsAgain_WhenTheSiloStopsInGoodOrderWhileProcessing()
    {
        using var tools = new HeldTools();
        await using var silo = await SiloProcess.StartAsync(data: null, ("Worker__ToolPath", tools.Path));
        using var api = silo.As("alice");
        var id = await api.UploadAsync(Samples.Mp4);
        await tools.UntilBegunAsync();
        await silo.TerminateAsync();
        Assert.Equal(0, await silo.ExitAsync());

        tools.LetGo();
        await silo.StartAgainAsync();
        await AssertReadyOnceAsync(silo, id, since: null);
    }

    private static async Task<JsonElement> UntilReadyAsync(SiloProcess silo, ApiClient api, string id)
    {
        try
        {
            return await api.UntilAsync(id, "ready");
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"The silo's log:\n{silo.Log}", e);
        }
    }

    private static async Task AssertReadyOnceAsync(SiloProcess silo, string id, string? since)
    {
        using var api = silo.As("alice");
        var record = await UntilReadyAsync(silo, api, id);
        Assert.Equal("full", record.GetProperty("processing").GetString());
        Assert.Equal("clip.mp4", record.GetProperty("file_name").GetString());
        Assert.Equal(Samples.Mp4.Length, record.GetProperty("size_bytes").GetInt64());
        Assert.Equal("h264", record.GetProperty("media").GetProperty("video_codec").GetString());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Samples.Mp4)), record.GetProperty("sha256").GetString());
        Assert.Equal(Samples.Mp4, (await api.GetAsync($"/api/videos/{id}/source")).Is(200).Body);
        Assert.Equal([id], await api.ListAsync());
        await new DataFolder(silo.Data).UntilQuietAsync();

        // The whole journal, from the beginning and from the subscriber's cursor: each state once.
        await using var all = await StatusClient.SubscribedAsync(api, "0:0");
        Assert.Equal(["receiving", "uploaded", "queued", "processing", "ready"], (await all.SoFarAsync()).Select(e => e.State));
        if (since is null)
            return;
        await using var rest = await StatusClient.SubscribedAsync(api, since);
        Assert.Equal(["ready"], (await rest.SoFarAsync()).Select(e => e.State));
    }
}
