using Ingestion.Tests.EndToEnd.Status.Events;

namespace Ingestion.Tests.EndToEnd.Status;

/// <summary>Every transport behind the proxies that most people have, as Debian sets them up.</summary>
[Collection(DefaultSilo.Name)]
public sealed class ProxyTests(DefaultSilo shared)
{
    private static readonly string[] _states = ["receiving", "uploaded", "queued", "processing", "ready"];

    [ProxyTheory]
    [InlineData(ProxyProcess.Nginx)]
    [InlineData(ProxyProcess.Haproxy)]
    public async Task EveryStateComesOnceByEveryTransport_BehindAProxy(string program)
    {
        await using var proxy = await ProxyProcess.StartAsync(program, shared.Silo.Address);
        using var direct = shared.Silo.As(SiloFixture.NewUser());
        using var api = new ApiClient(proxy.Address, direct.Token);
        await using var socket = await StatusClient.SubscribedAsync(api);
        await using var stream = await EventReader.OpenAsync(api, "/api/events");
        var start = (await stream.NextAsync()).Id;
        var waiting = api.GetJsonAsync($"/api/events/poll?after={start}&wait=60");

        var video = await api.UploadToReadyAsync(Samples.Mp4);

        Assert.Equal(_states, (await socket.UntilAsync(video, "ready")).Select(e => e.State));
        foreach (var state in _states)
            Assert.Equal(state, (await stream.NextAsync(journalled: true)).State);
        var polled = new List<string?>();
        for (var answer = await waiting; ; answer = await api.GetJsonAsync($"/api/events/poll?after={answer.GetProperty("cursor").GetString()}&wait=60"))
        {
            polled.AddRange(answer.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("data").GetProperty("state").GetString()));
            if (polled[^1] == "ready")
                break;
        }

        Assert.Equal(_states, polled);
        await using var back = await EventReader.OpenAsync(api, "/api/events", ("Last-Event-ID", start!));
        Assert.Equal("receiving", (await back.NextAsync()).State);
        await socket.CloseAsync();
        Assert.Equal(1000, socket.CloseCode);
    }

    [ProxyTheory]
    [InlineData(ProxyProcess.Nginx)]
    [InlineData(ProxyProcess.Haproxy)]
    public async Task QuietConnectionsLive_BehindAProxyThatIsImpatient_WhenTheyAskForHeartbeats(string program)
    {
        // Less than the usual heartbeats, more than those that are asked for; the third of these comes after the time-out.
        await using var proxy = await ProxyProcess.StartAsync(program, shared.Silo.Address, idleSeconds: 8);
        using var direct = shared.Silo.As(SiloFixture.NewUser());
        var video = await direct.UploadToReadyAsync(Samples.Mp4);
        using var api = new ApiClient(proxy.Address, direct.Token);
        await using var socket = await StatusClient.ConnectAsync(api);
        await socket.NextAsync("hello");
        await socket.SendAsync(new { op = "sub", id = 1, ch = new[] { "user" }, heartbeat = 5 });
        await socket.NextAsync("subd");
        await socket.NextAsync("snap");
        await using var stream = await EventReader.OpenAsync(api, "/api/events?heartbeat=5");
        await stream.UntilBlocksAsync(6);
        await Eventually.TrueAsync(() => Task.FromResult(socket.Pings >= 3), "three pings have come");

        (await direct.DeleteAsync($"/api/videos/{video}")).Is(204);

        Assert.Equal("video.deleted", (await stream.NextAsync()).Type);
        Assert.Equal("deleted", (await socket.NextAsync("evt")).State);
    }

    /// <summary>Without one of the proxies, skipped with that reason.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class ProxyTheoryAttribute : TheoryAttribute
    {
        public ProxyTheoryAttribute() => Skip = ProgramPath.Missing(ProxyProcess.Nginx, ProxyProcess.Haproxy);
    }
}
