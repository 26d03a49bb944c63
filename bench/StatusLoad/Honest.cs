using System.Diagnostics;

namespace Ingestion.Bench.StatusLoad;

/// <summary>
/// What ordinary clients do and how long it takes: each reads its video 20 times a second, and uploads one of 64 KB twice a second. A client that is refused
/// goes on with what it may do.
/// </summary>
internal sealed class Honest(Uri url, string[] tokens, Ledger ledger)
{
    private const int ReadsPerUpload = 10;

    // While more comes than the store takes, an upload waits for its turn behind those that came before.
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    private readonly Answers _reads = new();
    private readonly Answers _uploads = new();
    private readonly byte[] _file = SmallVideo.Make();

    /// <summary>Until its time is over or <paramref name="stop"/> ends it; what was measured until then is printed.</summary>
    public async Task RunAsync(TimeSpan time, CancellationToken stop)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url, Timeout = _patience };
        var (began, sha256) = (Stopwatch.GetTimestamp(), Ledger.Sha256(_file));
        await Task.WhenAll(tokens.Select(token => RunAsync(new Caller(client, token), sha256, began, time, stop)));
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Console.WriteLine(
            $"read {_reads}; upload {_uploads}; {_reads.Failed + _uploads.Failed} failed; {_reads.Refused + _uploads.Refused} refused; "
            + $"{(_reads.Succeeded + _uploads.Succeeded) / seconds:0} done a second");
        await ledger.SaveAsync();
    }

    private async Task RunAsync(Caller caller, string sha256, long began, TimeSpan time, CancellationToken stop)
    {
        string? video = null;
        while (Stopwatch.GetElapsedTime(began) < time && !stop.IsCancellationRequested)
        {
            using (var form = new TimedForm(_file))
                video = await caller.UploadAsync(form, sha256, _uploads, ledger, CancellationToken.None) ?? video;
            for (var i = 0; i < ReadsPerUpload && !stop.IsCancellationRequested; i++)
            {
                if (video is not null)
                    await caller.GetAsync($"/api/videos/{video}", _reads, CancellationToken.None);
                await Task.Delay(_pause, CancellationToken.None);
            }
        }
    }
}
