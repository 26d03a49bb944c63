using Ingestion.Tests.EndToEnd.Status.Events;

namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>A notice outlives the silo that has to publish it, and stands once in the journal.</summary>
public sealed class NoticeRestartTests
{
    private const string Disabled = "webhook.disabled";

    // Part of the id of such a notice.
    private const string Notice = "-disabled-";

    [Fact]
    public async Task OwnerGetsOneNotice_WhenTheSiloIsKilledBeforeItIsInTheJournalAndAgainBehindThat()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, WebhookSilo.Lenient);
        using var api = silo.As("alice");
        await using var gone = await Receiver.StartAsync();
        await using var watcher = await Receiver.StartAsync();
        var (id, _) = await api.AddedAsync(new { url = gone.Url(), events = new[] { "video.ready" } });
        await api.AddedAsync(new { url = watcher.Url(), events = new[] { Disabled } });
        var blocked = Array.Empty<string>();
        gone.Answer = (_, response) =>
        {
            blocked = Block(silo, "status", "*.json");
            response.StatusCode = 410;
            return Task.CompletedTask;
        };
        await api.UploadToReadyAsync(Samples.Mp4);
        await Eventually.TrueAsync(async () => !(await api.GetJsonAsync($"{WebhookClient.Path}/{id}")).GetProperty("enabled").GetBoolean(), "it is disabled");
        var cursor = (await api.GetJsonAsync("/api/events/poll?wait=0")).GetProperty("cursor").GetString()!;
        await silo.KillAsync();
        Assert.NotEmpty(blocked);
        Unblock(blocked);
        Assert.Contains(Notice, List(silo), StringComparison.Ordinal);
        Assert.DoesNotContain(FilesOf(silo, "status", "journal*.json"), file => File.ReadAllText(file).Contains(Notice, StringComparison.Ordinal));
        blocked = Block(silo, "webhook", "webhooks.json");
        await silo.StartAgainAsync();

        // It comes into the journal, and before that can be noted the silo dies once more.
        string first;
        await using (var stream = await EventReader.OpenAsync(api, "/api/events", ("Last-Event-ID", cursor)))
        {
            var notice = await stream.NextAsync(journalled: true);
            Assert.Equal((Disabled, id), (notice.Type, notice.Json.GetProperty("subject").GetString()));
            first = notice.Id!;
        }

        await watcher.UntilAsync(requests => requests.Length > 0, "the notice comes");
        await silo.KillAsync();
        Unblock(blocked);
        await silo.StartAgainAsync();
        await Eventually.TrueAsync(() => !List(silo).Contains(Notice, StringComparison.Ordinal), "nothing is left to publish");

        await api.UploadToReadyAsync(Samples.Mp4);
        await using var back = await EventReader.OpenAsync(api, "/api/events", ("Last-Event-ID", first));
        Assert.Equal("upload.created", (await back.NextAsync(journalled: true)).Type);
        Assert.Single(await api.NoticesAsync());
        Assert.Single(watcher.Requests.Select(request => request.Id).Distinct());
    }

    private static string List(SiloProcess silo) => File.ReadAllText(Assert.Single(FilesOf(silo, "webhook", "webhooks.json")));

    /// <summary>No such state can be written from now on, while all can be read: a folder stands where each is written before it takes its place.</summary>
    private static string[] Block(SiloProcess silo, string grain, string states)
    {
        string[] blocked = [.. FilesOf(silo, grain, states).Select(file => file + ".tmp")];
        foreach (var folder in blocked)
            Directory.CreateDirectory(folder);
        return blocked;
    }

    private static void Unblock(string[] blocked)
    {
        foreach (var folder in blocked)
            Directory.Delete(folder);
    }

    private static string[] FilesOf(SiloProcess silo, string grain, string states) =>
        Directory.GetFiles(Path.Combine(silo.Data, "state", grain), states, SearchOption.AllDirectories);
}
