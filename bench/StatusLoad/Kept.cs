using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Ingestion.Bench.StatusLoad;

/// <summary>Looks whether each acknowledged upload is there, and whether its stored bytes are those that were sent.</summary>
internal sealed class Kept(Uri url, string ledger)
{
    private const int AtOnce = 4;
    private const int Tries = 60;

    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private int _gone;
    private int _changed;

    /// <summary>Prints how many are gone or have other bytes; 1 if any.</summary>
    public async Task<int> RunAsync()
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url };
        var lines = await File.ReadAllLinesAsync(ledger);
        await Parallel.ForEachAsync(lines, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (line, stop) => await LookAsync(client, line, stop));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"acknowledged {lines.Length}, gone {_gone}, changed {_changed}"));
        return _gone + _changed > 0 ? 1 : 0;
    }

    private async Task LookAsync(HttpClient client, string line, CancellationToken stop)
    {
        var parts = line.Split(' ');
        var (video, sha256, token) = (parts[0], parts[1], parts[2]);
        using var record = await GetAsync(client, $"/api/videos/{video}", token, stop);
        using var source = await GetAsync(client, $"/api/videos/{video}/source", token, stop);
        if (record is not { IsSuccessStatusCode: true } || source is not { IsSuccessStatusCode: true })
        {
            Interlocked.Increment(ref _gone);
            await Console.Error.WriteLineAsync($"{video}: record {record?.StatusCode}, source {source?.StatusCode}");
        }
        else if (Convert.ToHexStringLower(await SHA256.HashDataAsync(await source.Content.ReadAsStreamAsync(stop), stop)) != sha256)
        {
            Interlocked.Increment(ref _changed);
            await Console.Error.WriteLineAsync($"{video}: its bytes are not those that were sent");
        }
    }

    /// <summary>A silo that is busy or starts is given a minute.</summary>
    private static async Task<HttpResponseMessage?> GetAsync(HttpClient client, string path, string token, CancellationToken stop)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            try
            {
                var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
                if (response.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests))
                    return response;
                response.Dispose();
            }
            catch (HttpRequestException)
            {
                // It starts.
            }

            await Task.Delay(_pause, stop);
        }

        return null;
    }
}
