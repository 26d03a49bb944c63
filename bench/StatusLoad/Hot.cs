using System.Diagnostics;

namespace Ingestion.Bench.StatusLoad;

/// <summary>
/// Users who each look at their video again and again, more often than a grain becomes idle: whatever else the silo sheds, these activations must stay.
/// </summary>
internal sealed class Hot(Uri url, string[] tokens, Ledger ledger)
{
    private const int AtOnce = 16;

    // Orleans reports an activation as idle after ten seconds.
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(3);

    private readonly Answers _uploads = new();
    private readonly Answers _reads = new();
    private readonly byte[] _file = SmallVideo.Make();

    /// <summary>Prints "ready" when each user has a video.</summary>
    public async Task RunAsync(TimeSpan time)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url };
        var callers = Array.ConvertAll(tokens, token => new Caller(client, token));
        var videos = new string?[callers.Length];
        var sha256 = Ledger.Sha256(_file);
        await Parallel.ForAsync(0, callers.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, stop) =>
        {
            using var form = new TimedForm(_file);
            videos[i] = await callers[i].UploadAsync(form, sha256, _uploads, ledger, stop);
        });
        Console.WriteLine("ready");
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(callers.Select((caller, i) => LookAsync(caller, videos[i], _pause * ((double)i / callers.Length), began, time)));
        Console.WriteLine($"hot: {_uploads.Succeeded} videos of as many users, reads {_reads}, {_reads.Counts()}");
        await ledger.SaveAsync();
    }

    private async Task LookAsync(Caller caller, string? video, TimeSpan first, long began, TimeSpan time)
    {
        if (video is null)
            return;
        await Task.Delay(first);
        while (Stopwatch.GetElapsedTime(began) < time)
        {
            await caller.GetAsync($"/api/videos/{video}", _reads);
            await Task.Delay(_pause);
        }
    }
}
