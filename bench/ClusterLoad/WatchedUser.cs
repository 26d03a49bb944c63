using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Ingestion.Bench.ClusterLoad;

/// <summary>One user that uploads the same file again and again, as form and by tus in turn, and repeats what fails until it has succeeded.</summary>
internal sealed class WatchedUser(Client client, string token, byte[] file, Answers answers)
{
    private static readonly TimeSpan _between = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _retry = TimeSpan.FromMilliseconds(100);

    private bool _stopped;

    public List<string> Acknowledged { get; } = [];

    /// <summary>From the first request of an upload to its success, the longest.</summary>
    public TimeSpan LongestPause { get; private set; }

    /// <summary>Times that an upload continued before where it had been.</summary>
    public int Fallen { get; private set; }

    public void Stop() => Volatile.Write(ref _stopped, true);

    public async Task RunAsync(CancellationToken stop)
    {
        for (var i = 0; !Volatile.Read(ref _stopped); i++)
        {
            var began = Stopwatch.GetTimestamp();
            Acknowledged.Add(i % 2 == 0 ? await FormAsync() : await TusAsync());
            if (Stopwatch.GetElapsedTime(began) is var took && took > LongestPause)
                LongestPause = took;
            await Task.Delay(_between, stop);
        }
    }

    /// <summary>Reads each acknowledged video.</summary>
    /// <returns>How many are not there, or not whole.</returns>
    public async Task<int> ReadBackAsync()
    {
        var lost = 0;
        foreach (var video in Acknowledged)
        {
            using var source = await UntilAsync(() => Client.With(token, HttpMethod.Get, $"/api/videos/{video}/source"), quiet: true);
            var whole = source.IsSuccessStatusCode && (await source.Content.ReadAsByteArrayAsync()).AsSpan().SequenceEqual(file);
            lost += whole ? 0 : 1;
        }

        return lost;
    }

    private async Task<string> FormAsync()
    {
        var key = Guid.NewGuid().ToString("N");
        using var response = await UntilAsync(() => Client.Form(token, file, key));
        return (await Client.ReadAsync(response)).GetProperty("video_id").GetString()!;
    }

    /// <summary>In two requests, so that there is something to continue.</summary>
    private async Task<string> TusAsync()
    {
        var key = Guid.NewGuid().ToString("N");
        string upload;
        using (var created = await UntilAsync(() => Client.Create(token, file.Length, key)))
            upload = created.Headers.Location!.AbsolutePath;
        for (var offset = 0; offset < file.Length;)
        {
            // Whatever is wrong with an offset shows in the next HEAD.
            using var appended = await TryAsync(Client.Append(token, upload, offset == 0 ? file[..(file.Length / 2)] : file, offset));
            if (appended?.StatusCode is HttpStatusCode.NoContent)
            {
                offset = OffsetOf(appended);
                continue;
            }

            await PauseAsync(appended);
            using var head = await UntilAsync(() => Client.Tus(token, HttpMethod.Head, upload), quiet: true);
            if (!head.IsSuccessStatusCode)
            {
                Fallen++;
                return await TusAsync();
            }

            var stored = OffsetOf(head);
            if (stored < offset)
                Fallen++;
            offset = stored;
        }

        return upload.Split('/')[^1];
    }

    private static int OffsetOf(HttpResponseMessage response) =>
        int.Parse(response.Headers.GetValues("Upload-Offset").First(), CultureInfo.InvariantCulture);

    /// <summary>Repeats a request until it succeeds, or what it is about is not there.</summary>
    private async Task<HttpResponseMessage> UntilAsync(Func<HttpRequestMessage> request, bool quiet = false)
    {
        while (true)
        {
            var response = await TryAsync(request(), quiet);
            if (response is not null && (response.IsSuccessStatusCode || response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone))
                return response;
            await PauseAsync(response);
            response?.Dispose();
        }
    }

    private async Task<HttpResponseMessage?> TryAsync(HttpRequestMessage request, bool quiet = false)
    {
        using (request)
        {
            try
            {
                var response = await client.Http.SendAsync(request);
                if (!quiet || !response.IsSuccessStatusCode)
                    answers.Count(response.StatusCode);
                return response;
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                answers.Count(e);
                return null;
            }
        }
    }

    /// <summary>As long as the server wants, and never at once.</summary>
    private static Task PauseAsync(HttpResponseMessage? refused) =>
        Task.Delay(refused?.Headers.RetryAfter is { Delta: { } wanted } && wanted > _retry ? wanted : _retry);
}
