using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace Ingestion.Bench.StatusLoad;

/// <summary>
/// A few users with long journals, many videos and large metadata, who read all of it again and again: snapshots, replays, pages of their library.
/// </summary>
internal sealed class Journals(Uri url, string[] tokens, Ledger ledger)
{
    private const int AtOnce = 16;

    // As much of it as an event carries.
    private const int MetadataLetters = 1_000;

    private readonly Answers _writes = new();
    private readonly Answers _reads = new();
    private readonly byte[] _file = SmallVideo.Make();

    /// <summary>Each user gets so many videos, each of which is changed so often. Prints "ready"; then all of them read for <paramref name="time"/>.</summary>
    public async Task RunAsync(int videos, int changes, TimeSpan time)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url };
        var (callers, sha256) = (Array.ConvertAll(tokens, token => new Caller(client, token)), Ledger.Sha256(_file));
        await Parallel.ForEachAsync(callers, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (caller, _) =>
        {
            for (var i = 0; i < videos; i++)
                await WriteAsync(caller, sha256, changes);
        });
        Console.WriteLine("ready");
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(callers.Select(caller => ReadAsync(caller, began, time)));
        Console.WriteLine($"journals: {tokens.Length} users with {videos} videos and {videos * changes} changes each; written: {_writes.Counts()}; "
            + $"snapshots, replays and pages {_reads}, {_reads.Counts()}");
        await ledger.SaveAsync();
    }

    private async Task WriteAsync(Caller caller, string sha256, int changes)
    {
        using var form = new TimedForm(_file);
        if (await caller.UploadAsync(form, sha256, _writes, ledger) is not { } video)
            return;
        for (var i = 0; i < changes; i++)
        {
            using var patch = new StringContent($$$"""{"metadata":{"text":"{{{new string((char)('a' + (i % 26)), MetadataLetters)}}}"}}""", Encoding.UTF8);
            patch.Headers.ContentType = new MediaTypeHeaderValue("application/merge-patch+json");
            await caller.SendAsync(HttpMethod.Patch, $"/api/videos/{video}", patch, _writes);
        }
    }

    private async Task ReadAsync(Caller caller, long began, TimeSpan time)
    {
        while (Stopwatch.GetElapsedTime(began) < time)
        {
            var snapshot = await caller.GetAsync("/api/events/poll?wait=0", _reads);
            if (snapshot is { } json && Before(json.GetProperty("cursor").GetString()!) is { } cursor)
                await caller.GetAsync($"/api/events/poll?wait=0&after={cursor}", _reads);
            await caller.GetAsync("/api/videos?limit=100", _reads);
            if (caller.RetryAfter is { } pause)
                await Task.Delay(pause < TimeSpan.FromSeconds(1) ? pause : TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>The cursor a hundred events ago, from which on there is a replay.</summary>
    private static string? Before(string cursor)
    {
        var parts = cursor.Split(':');
        return parts.Length == 2 && long.TryParse(parts[1], out var offset) && offset > 100 ? $"{parts[0]}:{offset - 100}" : null;
    }
}
