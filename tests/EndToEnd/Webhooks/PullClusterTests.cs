using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>Two silos: the events of both are read at either, whichever dies.</summary>
[NeedsPrograms(PostgresServer.Postgres, PostgresServer.InitDb, NpmServer.Node, NpmServer.Npm)]
public sealed class PullClusterTests
{
    private const string Path = PullClient.OfAll;

    [ContractFact]
    public async Task EverythingIsReadAtEitherSilo_AndAtTheOneThatStays()
    {
        const int Uploads = 50;
        await using var cluster = await ClusterOfTwo.StartAsync(WebhookSilo.Lenient);
        using var one = cluster.One.As("root", "admin");
        using var other = new ApiClient(cluster.Other.Address, one.Token);
        var id = await one.AddPulledAsync(Path, "upload.created", "upload.cancelled");
        using var ann = cluster.One.As("ann");
        using var bob = new ApiClient(cluster.Other.Address, cluster.One.Token("bob"));
        // Each silo has a reader that waits, and events at the other one wake it.
        var waiting = new[] { one.PullAsync(Path, id, wait: 30), other.PullAsync(Path, id, wait: 30) };
        string[] uploads = [.. await LossTests.BurstAsync(ann, Uploads), .. await LossTests.BurstAsync(bob, Uploads)];
        Assert.All(await Task.WhenAll(waiting), page => Assert.NotEmpty(page.Events));
        await one.PendingAsync(Path, id, 4 * Uploads);
        var first = await one.PullAsync(Path, id, limit: 40);
        var second = await other.PullAsync(Path, id, first.Cursor, limit: 40);
        Assert.Equal(first.Events[^1].Sequence() + 1, second.Events[0].Sequence());

        await cluster.One.KillAsync();

        var again = default(Answer);
        await Eventually.TrueAsync(
            async () => (again = await other.GetAsync($"{Path}/{id}/events?limit=40")).Status == 200, () => $"it is read at the other silo: {again?.Text}");
        Assert.Equal(second.Ids, new Pulled(again!.Json).Ids);
        var rest = await other.PullAllAsync(Path, id, (4 * Uploads) - first.Events.Length);
        JsonElement[] all = [.. first.Events, .. rest];
        Assert.Equal(4 * Uploads, all.Select(e => e.Text("id")).Distinct().Count());
        var states = all.ToLookup(e => e.Video(), e => e.State());
        Assert.All(uploads, upload => Assert.Equal(["receiving", "cancelled"], states[upload].Distinct()));
    }
}
