using System.Collections.Concurrent;

namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>However slow a receiver is, or away: every event comes, those of a video in their order.</summary>
public sealed class LossTests
{
    private const int EventsOfOne = 2;

    [Fact]
    public async Task EveryEventComesInOrderOfItsVideo_WhenTheReceiverIsSlowerThanTheBurst()
    {
        const int Uploads = 900;
        await using var receiver = await Receiver.StartAsync();
        var held = new TaskCompletionSource();
        receiver.Answer = (_, _) => held.Task;
        await using var silo = await SiloProcess.StartAsync(data: null, WebhookSilo.Patient);
        using var api = silo.As("alice");
        var (id, _) = await api.AddedAsync(new { url = receiver.Url() });

        var uploads = await BurstAsync(api, Uploads);
        await WaitsAsync(api, id, Uploads * EventsOfOne);
        held.SetResult();

        var received = await AllAsync(receiver, Uploads * EventsOfOne);
        Assert.Equal(received.Length, received.Select(request => request.Id).Distinct().Count());
        AssertInOrder(received, uploads);
        Assert.Equal(Enumerable.Range(1, received.Length).Select(place => (long)place),
            received.Select(request => long.Parse(request.Json.GetProperty("sequence").GetString()!, System.Globalization.CultureInfo.InvariantCulture))
            .Order());
        await Eventually.TrueAsync(async () => (await InfoAsync(api, id)).GetProperty("pending").GetInt32() == 0, "nothing waits");
        var info = await InfoAsync(api, id);
        Assert.Equal((0, 0, 0d), (info.GetProperty("dead_letters").GetInt32(), info.GetProperty("missed").GetInt32(), info.GetProperty("lag").GetDouble()));
    }

    [Fact]
    public async Task EventsOfTheMeantimeCome_WhenEnabledAgain()
    {
        const int Uploads = 620;
        await using var receiver = await Receiver.StartAsync();
        await using var silo = await SiloProcess.StartAsync(data: null, WebhookSilo.Lenient);
        using var api = silo.As("alice");
        var (id, _) = await api.AddedAsync(new { url = receiver.Url() });
        await SwitchAsync(api, id, enabled: false);
        var uploads = await BurstAsync(api, Uploads);
        Assert.Empty(receiver.Requests);
        await WaitsAsync(api, id, Uploads * EventsOfOne);
        Assert.NotEqual(0, (await InfoAsync(api, id)).GetProperty("lag").GetDouble());

        await SwitchAsync(api, id, enabled: true);

        AssertInOrder(await AllAsync(receiver, Uploads * EventsOfOne), uploads);
    }

    [Fact]
    public async Task EveryEventComes_WhenTheSiloIsKilledWhileManyWait()
    {
        const int Uploads = 700;
        await using var receiver = await Receiver.StartAsync();
        var held = new TaskCompletionSource();
        receiver.Answer = (_, _) => held.Task;
        await using var silo = await SiloProcess.StartAsync(data: null, WebhookSilo.Patient);
        using var api = silo.As("alice");
        var (id, _) = await api.AddedAsync(new { url = receiver.Url() });
        var uploads = await BurstAsync(api, Uploads);
        await WaitsAsync(api, id, Uploads * EventsOfOne);
        await silo.KillAsync();
        held.SetResult();

        await silo.StartAgainAsync();

        AssertInOrder(await AllAsync(receiver, Uploads * EventsOfOne), uploads);
    }

    /// <summary>A receiver that stores the last state of a video ends with the right one.</summary>
    [Fact]
    public async Task LaterEventsOfAVideoWait_WhileAnEarlierOneIsTriedAgain()
    {
        var failures = 5;
        await using var receiver = await Receiver.StartAsync();
        var taken = new ConcurrentQueue<Received>();
        receiver.Answer = (request, response) =>
        {
            if (Interlocked.Decrement(ref failures) >= 0)
                response.StatusCode = 500;
            else
                taken.Enqueue(request);
            return Task.CompletedTask;
        };
        await using var silo = await SiloProcess.StartAsync(data: null, WebhookSilo.Lenient);
        using var api = silo.As("alice");
        await using var socket = await StatusClient.SubscribedAsync(api);
        await api.AddedAsync(new { url = receiver.Url() });

        // One failure each: five at once would be five attempts of one event.
        var videos = await Task.WhenAll(Enumerable.Range(0, failures).Select(_ => api.UploadToReadyAsync(Samples.Mp4)));

        await receiver.UntilAsync(_ => videos.All(video => taken.Any(request => request.VideoId == video && request.State == "ready")), "all become ready");
        foreach (var video in videos)
            Assert.Equal(["receiving", "uploaded", "queued", "processing", "ready"], taken.Where(request => request.VideoId == video)
                .Select(request => request.State));
        var published = await socket.UntilAsync(videos[0], "ready");
        Assert.All(published.Where(frame => frame.VideoId == videos[0]),
            frame => Assert.Equal(frame.Cursor, taken.Single(request => request.Id == frame.EventId).Json.GetProperty("cursor").GetString()));
    }

    /// <summary>Uploads that begin and are cancelled, two events each; their ids.</summary>
    internal static async Task<string[]> BurstAsync(ApiClient api, int count)
    {
        var ids = new ConcurrentBag<string>();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, _) =>
        {
            var created = (await api.SendAsync(HttpMethod.Post, "/api/uploads", content: null, ("Tus-Resumable", "1.0.0"), ("Upload-Length", "10"))).Is(201);
            var path = new Uri(api.Address, created.Header("Location")!).AbsolutePath;
            (await api.SendAsync(HttpMethod.Delete, path, content: null, ("Tus-Resumable", "1.0.0"))).Is(204);
            ids.Add(path.Split('/')[^1]);
        });
        return [.. ids];
    }

    private static Task WaitsAsync(ApiClient api, string id, int count) =>
        Eventually.TrueAsync(async () => (await InfoAsync(api, id)).GetProperty("pending").GetInt32() == count, "all wait");

    /// <summary>All that came, once so many different ones have.</summary>
    private static Task<Received[]> AllAsync(Receiver receiver, int count) =>
        receiver.UntilAsync(requests => requests.Select(request => request.Id).Distinct().Count() >= count, $"{count} come");

    /// <summary>Each upload's beginning comes before its end, whatever comes twice.</summary>
    private static void AssertInOrder(Received[] received, string[] uploads)
    {
        var byVideo = received.ToLookup(request => request.VideoId, request => request.State);
        Assert.All(uploads, upload =>
        {
            Assert.Equal(["receiving", "cancelled"], byVideo[upload].Distinct());
            Assert.Equal("cancelled", byVideo[upload].Last());
        });
    }

    private static async Task<JsonElement> InfoAsync(ApiClient api, string id) =>
        (await api.GetJsonAsync(WebhookClient.Path)).GetProperty("items").EnumerateArray().Single(item => item.GetProperty("id").GetString() == id);

    private static async Task SwitchAsync(ApiClient api, string id, bool enabled)
    {
        using var body = new StringContent(JsonSerializer.Serialize(new { enabled }), new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        (await api.SendAsync(HttpMethod.Patch, $"{WebhookClient.Path}/{id}", body)).Is(200);
    }
}
