using Ingestion.Tests.EndToEnd.Uploads.Resumable;

namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>The process is killed again and again while uploads run.</summary>
public sealed class KilledSiloTests
{
    private const int Kills = 20;
    private const int Uploads = 50;
    private const int Length = 3_000_000;
    private const int Chunk = 100_000;

    [Fact]
    public async Task EveryUploadFinishesAndNothingAcknowledgedIsLost_WhenTheProcessIsKilledTwentyTimes()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, ("Uploads__RequireKnownContainer", "false"), ("Roles", "api"));
        using var api = silo.As("alice");
        var uploads = Enumerable.Range(0, Uploads).Select(_ => new ResumingUpload(api, Length, Chunk)).ToArray();
        // Each kill waits until the uploads have come a little further, so that every one of them strikes in the middle.
        var killed = 0;
        using var gate = new SemaphoreSlim(1);
        var ids = await Task.WhenAll(uploads.Select(upload => upload.RunAsync(() => KillWhenDueAsync(upload))));

        Assert.Equal(Kills, killed);
        Assert.Equal(Uploads, ids.Distinct().Count());
        for (var i = 0; i < Uploads; i++)
            await uploads[i].AssertWholeAsync(ids[i]);
        await Eventually.TrueAsync(() => new DataFolder(silo.Data).Uploads.Length == 0, "nothing unfinished is left");

        async Task KillWhenDueAsync(ResumingUpload upload)
        {
            if (uploads.Sum(other => other.Acknowledged) >= Uploads * Due(1) && killed < Kills && await gate.WaitAsync(0))
            {
                killed++;
                _ = KillAsync();
            }

            // None is so far ahead that it ends before the last kill.
            await Eventually.TrueAsync(() => killed == Kills || upload.Acknowledged < Due(2), "the next kill");
        }

        long Due(int kills) => (killed + kills) * (long)Length / (Kills + 2);

        // The others keep sending meanwhile: the kill hits their requests.
        async Task KillAsync()
        {
            await silo.KillAsync();
            await silo.StartAgainAsync();
            // All of them come on between two kills: one that is always late finds no silo on a busy machine, however often it asks.
            var before = uploads.Select(upload => upload.Answered).ToArray();
            await Eventually.TrueAsync(
                () => uploads.Zip(before).All(pair => pair.First.Acknowledged == Length || pair.First.Answered > pair.Second), "the silo answers every upload");
            gate.Release();
        }
    }
}
