using Ingestion.Tests.EndToEnd.Uploads.Limits;
using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Uploads.Resumable;

/// <summary>Abandoned uploads expire, also when the silo that began them was killed.</summary>
public sealed class ExpiryRestartTests
{
    [Fact]
    public async Task UploadsReservationsAndBytesGo_WhenTheirTimeIsOverAfterAKill()
    {
        await using var silo = await SiloProcess.StartAsync(
            null, ("Uploads__TimeToLiveSeconds", "6"), ("Uploads__JanitorSeconds", "1"), ("Limits__MaxConcurrentUploadsPerUser", "20"));
        using var api = silo.As("ann");
        var (tus, data) = (new TusClient(api), new DataFolder(silo.Data));
        var paths = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
            TusClient.PathOf(await tus.PostAsync(Samples.Mp4[..20_000], ("Upload-Length", $"{Samples.Mp4.Length}")))));
        (await tus.PostAsync(null, ("Upload-Length", "1"))).IsProblem(429, "too_many_uploads");
        await silo.KillAsync();
        Assert.Equal(20, data.Uploads.Length);

        await silo.StartAgainAsync();
        await using var socket = await StatusClient.SubscribedAsync(api, "0:0");
        var expired = new HashSet<string>();
        while (expired.Count < paths.Length)
        {
            var frame = await socket.NextAsync("evt");
            if (frame.State == "expired" && frame.Json.GetProperty("data").GetProperty("type").GetString() == "upload.expired")
                expired.Add(frame.VideoId!);
        }

        Assert.Equal(paths.Select(TusClient.IdOf).Order(), expired.Order());
        await Eventually.TrueAsync(async () => data.Uploads.Length == 0 && (await QuotaTests.UsageAsync(api)).Uploads == 0, "bytes and reservations are gone");
        Assert.Contains((await tus.HeadAsync(paths[0])).Status, (int[])[410, 404]);
        await tus.CreateAsync(10);
        // Some time later nothing is left of them.
        await Eventually.TrueAsync(() => !data.State.Any(file => file.StartsWith("state/upload/", StringComparison.Ordinal)), "nothing is left of them");
    }
}
