using Ingestion.Tests.EndToEnd.Status.Events;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>Two silos: whichever of them sends, the notice reaches the subscribers of both, once.</summary>
[NeedsPrograms(PostgresServer.Postgres, PostgresServer.InitDb, NpmServer.Node, NpmServer.Npm)]
public sealed class NoticeClusterTests
{
    [ContractFact]
    public async Task EverySubscriberGetsTheNoticeOnce_WhicheverSiloItIsConnectedTo()
    {
        await using var cluster = await ClusterOfTwo.StartAsync(WebhookSilo.Lenient);
        using var api = cluster.One.As("alice");
        using var other = new ApiClient(cluster.Other.Address, api.Token);
        await using var gone = await Receiver.StartAsync();
        await using var watcher = await Receiver.StartAsync();
        gone.AnswerWith(410);
        await api.AddedAsync(new { url = gone.Url(), events = new[] { "video.ready" } });
        await api.AddedAsync(new { url = watcher.Url(), events = new[] { "webhook.disabled" } });
        await using var sockets = await StatusClient.SubscribedAsync(api);
        await using var otherSocket = await StatusClient.SubscribedAsync(other);
        await using var stream = await EventReader.OpenAsync(api, "/api/events");
        await using var otherStream = await EventReader.OpenAsync(other, "/api/events");

        await api.UploadToReadyAsync(Samples.Mp4);
        await Eventually.TrueAsync(async () => (await other.NoticesAsync()).Length > 0, "the notice is there");
        // What comes behind it shows that it came once.
        var last = await other.UploadToReadyAsync(Samples.Mp4);

        var id = Assert.Single(await api.NoticesAsync()).GetProperty("id").GetString();
        foreach (var socket in new[] { sockets, otherSocket })
            Assert.Equal([id], await NoticesAsync(async () => (await socket.NextAsync("evt")).Json.GetProperty("data"), last));
        foreach (var reader in new[] { stream, otherStream })
            Assert.Equal([id], await NoticesAsync(async () => (await reader.NextAsync(journalled: true)) is { Type: not "snapshot" } e ? e.Json : null, last));
        await watcher.UntilAsync(requests => requests.Length > 0, "the notice comes");
        Assert.Equal([id], watcher.Requests.Select(request => request.Json.GetProperty("id").GetString()).Distinct());
    }

    /// <summary>The ids of notices up to the event that brings the video to ready.</summary>
    private static async Task<List<string?>> NoticesAsync(Func<Task<JsonElement?>> next, string video)
    {
        var notices = new List<string?>();
        while (true)
        {
            if (await next() is not { } e)
                continue;
            if (e.GetProperty("type").GetString() == "webhook.disabled")
                notices.Add(e.GetProperty("id").GetString());
            if (e.GetProperty("subject").GetString() == video && e.GetProperty("type").GetString() == "video.ready")
                return notices;
        }
    }
}
