using System.Text.RegularExpressions;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>What a video has pending when its silo is killed continues after the next start, without a request for the video.</summary>
public sealed partial class PendingWorkTests
{
    private const int Uploads = 4;

    [NodeFact]
    public async Task VideosBecomeReady_WhenTheQueueTookNoJobBeforeTheSiloWasKilled()
    {
        await using var fauxqs = (await NpmServer.TryStartFauxqsAsync())!;
        var right = await SqsSettings.CreateAsync(fauxqs.Url);
        var wrong = SqsSettings.Of(fauxqs.Url, $"{fauxqs.Url}/000000000000/nowhere", $"{fauxqs.Url}/000000000000/nowhere-dead");
        await using var before = await SiloProcess.StartAsync(data: null, wrong);
        using (var api = before.As("alice"))
        {
            for (var i = 0; i < Uploads; i++)
                await api.UploadAsync(Samples.Mp4);
        }

        await before.KillAsync();
        await using var after = await SiloProcess.StartAsync(before.Data, right);
        await Eventually.TrueAsync(() => Task.FromResult(ReadyPattern().Count(after.Log) == Uploads), () => $"all are ready:\n{after.Log}");
    }

    [NodeFact]
    public async Task ObjectsGo_WhenTheStoreRefusedToDeleteThemBeforeTheSiloWasKilled()
    {
        await using var fauxqs = (await NpmServer.TryStartFauxqsAsync())!;
        await using var store = await FaultyServer.StartAsync(fauxqs.Url);
        var bucket = $"bucket-{Guid.NewGuid():N}";
        using var http = new HttpClient();
        using (await http.PutAsync(new Uri($"{fauxqs.Url}/{bucket}"), content: null))
        {
            // Made.
        }

        await using var silo = await SiloProcess.StartAsync(data: null, S3Settings.Of(store.Url, bucket));
        string id;
        using (var api = silo.As("alice"))
        {
            id = await api.UploadToReadyAsync(Samples.Mp4);
            store.Decide = request => request.Method == "DELETE" ? Fault.Denied : Fault.None;
            (await api.DeleteAsync($"/api/videos/{id}")).Is(204);
            (await api.GetAsync($"/api/videos/{id}")).Is(404);
        }

        await silo.KillAsync();
        Assert.Equal(200, await StatusAsync());
        store.Decide = _ => Fault.None;
        await silo.StartAgainAsync();
        await Eventually.TrueAsync(async () => await StatusAsync() == 404, () => $"the source is gone:\n{silo.Log}");

        async Task<int> StatusAsync()
        {
            using var answer = await http.GetAsync(new Uri($"{fauxqs.Url}/{bucket}/{id}/source"));
            return (int)answer.StatusCode;
        }
    }

    /// <summary>Without a worker, so that no job delivery wakes the video.</summary>
    [Fact]
    public async Task EventsArePublished_WhenTheJournalFailedBeforeTheSiloWasKilled()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, ("Roles", "api"));
        // A file where the folder of the journals would be.
        var journals = Path.Combine(silo.Data, "state", "status");
        Directory.CreateDirectory(Path.GetDirectoryName(journals)!);
        await File.WriteAllTextAsync(journals, "");
        using (var api = silo.As("alice"))
            await api.UploadAsync(Samples.Mp4);
        await silo.KillAsync();
        File.Delete(journals);
        await silo.StartAgainAsync();
        await Eventually.TrueAsync(() => Directory.Exists(journals) && Segments().Any(), $"a journal is written in {journals}");

        IEnumerable<string> Segments() => Directory.EnumerateFiles(journals, "*.json", SearchOption.AllDirectories);
    }

    [GeneratedRegex("Video [0-9a-f]{32} is ready")]
    private static partial Regex ReadyPattern();
}
