using System.Diagnostics;

namespace Ingestion.Bench.StatusLoad;

/// <summary>
/// Many uploads at the same time, by as many users. One that is refused is repeated after its Retry-After, until it is acknowledged or the time is over.
/// </summary>
internal sealed class ManyUploads(Uri url, string[] tokens, Ledger ledger)
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly Answers _answers = new();

    public async Task RunAsync(long bytes, TimeSpan time)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url, Timeout = Timeout.InfiniteTimeSpan };
        using var stop = new CancellationTokenSource(time);
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(tokens.Select((token, i) => UploadAsync(new Caller(client, token), i, bytes, stop.Token)));
        Console.WriteLine($"uploads of {bytes} bytes: {ledger.Count} of {tokens.Length} acknowledged in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s, "
            + $"{_answers}, {_answers.Counts()}");
        await ledger.SaveAsync();
    }

    private async Task UploadAsync(Caller caller, int number, long bytes, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var form = new NumberedVideo(number, bytes);
            if (await caller.UploadAsync(form, form.Sha256(), _answers, ledger, stop) is not null)
                return;
            await Task.Delay(caller.RetryAfter ?? _pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
