namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>A reader loses nothing, whatever dies; and what is lost beyond the bounds is reported to it.</summary>
public sealed class PullRestartTests
{
    private const string Path = PullClient.OfAll;

    [Fact]
    public async Task EverythingIsReadInOrder_WhenTheSiloIsKilledInBetween()
    {
        const int Uploads = 100;
        string[] users = ["ann", "bob", "eve"];
        await using var silo = await SiloProcess.StartAsync(data: null, WebhookSilo.Lenient);
        using var api = silo.As("root", "admin");
        var id = await api.AddPulledAsync(Path);
        var uploads = await BurstAsync(silo, users, Uploads);
        await Eventually.TrueAsync(async () => (await api.InfoOfAsync(Path, id)).GetProperty("pending").GetInt32() > 200, "some are there");
        var first = await api.PullAsync(Path, id, limit: 90);
        var second = await api.PullAsync(Path, id, first.Cursor, limit: 90);
        await silo.KillAsync();

        await silo.StartAgainAsync();

        // What was acknowledged does not come again, and what was only read does.
        Assert.Equal(second.Ids, (await api.PullAsync(Path, id, limit: 90)).Ids);
        Assert.Equal(second.Ids, (await api.PullAsync(Path, id, first.Cursor, limit: 90)).Ids);
        var rest = await api.PullAllAsync(Path, id, (users.Length * Uploads * 2) - first.Events.Length);
        JsonElement[] all = [.. first.Events, .. rest];
        Assert.Equal(all.Select(e => e.Sequence()).Order(), all.Select(e => e.Sequence()));
        var states = all.ToLookup(e => e.Video(), e => e.State());
        Assert.All(uploads, upload => Assert.Equal(["receiving", "cancelled"], states[upload].Distinct()));
        Assert.Equal(0, (await api.InfoOfAsync(Path, id)).GetProperty("pending").GetInt32());
    }

    [Fact]
    public async Task LossIsReportedUntilItIsAcknowledged_WhenMoreWaitThanTheBound()
    {
        const int Uploads = 300;
        const int Bound = 10_000;
        await using var silo = await SiloProcess.StartAsync(data: null, WebhookSilo.Lenient);
        using var user = silo.As("alice");
        using var api = silo.As("alice", "admin");
        var id = await api.AddPulledAsync(Path, "upload.created", "upload.cancelled");
        await LossTests.BurstAsync(user, Uploads);
        await Eventually.TrueAsync(
            async () =>
            {
                (await api.PostJsonAsync($"{Path}/{id}/replay", """{"from":"0:0","owner":"alice"}""")).Is(202);
                return (await api.InfoOfAsync(Path, id)).GetProperty("missed").GetInt64() > 0;
            },
            "more wait than the bound");
        await api.PendingAsync(Path, id, Bound);
        var info = await api.InfoOfAsync(Path, id);
        var page = await api.PullAsync(Path, id, limit: 10);
        await silo.KillAsync();
        await silo.StartAgainAsync();
        Assert.Equal(page.Ids, (await api.PullAsync(Path, id, limit: 10)).Ids);
        var gap = page.Events[0];
        Assert.Equal(("journal.gap", info.GetProperty("missed").GetInt64()), (gap.Text("type"), gap.GetProperty("data").GetProperty("count").GetInt64()));
        Assert.Equal(gap.Sequence() + 1, page.Events[1].Sequence());

        // The events of the journal come many times: by each replay.
        var rest = await api.PullAllAsync(Path, id, (2 * Uploads) + 1);
        Assert.Equal(["journal.gap"], rest.Select(e => e.Text("type")).Where(type => type == "journal.gap"));
        Assert.Equal(Enumerable.Range(0, Bound + 1).Select(place => gap.Sequence() + place), rest.Select(e => e.Sequence()));
        info = await api.InfoOfAsync(Path, id);
        Assert.Equal((0, 0d), (info.GetProperty("pending").GetInt32(), info.GetProperty("lag").GetDouble()));
        Assert.Empty((await api.PullAsync(Path, id)).Events);
    }

    /// <summary>Uploads of each user that begin and are cancelled, two events each; their ids.</summary>
    private static async Task<string[]> BurstAsync(SiloProcess silo, string[] users, int uploads) =>
        [.. (await Task.WhenAll(users.Select(async user =>
        {
            using var api = silo.As(user);
            return await LossTests.BurstAsync(api, uploads);
        }))).SelectMany(ids => ids)];
}
