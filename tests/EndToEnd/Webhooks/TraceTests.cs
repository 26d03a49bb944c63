namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>A silo that records traces; its exporter reaches no collector, and the silo works all the same.</summary>
public sealed class TracedSilo : SiloFixture
{
    private protected override (string Name, string Value)[] Settings => [.. WebhookSilo.Lenient, ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")];
}

/// <summary>A caller finds its own trace in what comes of its request.</summary>
public sealed class TraceTests(TracedSilo traced) : IClassFixture<TracedSilo>
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    [Fact]
    public async Task EventsHaveTheTraceOfTheirRequest_OnSocketsAndWebhooks()
    {
        using var api = traced.Silo.As(SiloFixture.NewUser());
        await using var receiver = await Receiver.StartAsync();
        await using var own = await Receiver.StartAsync();
        await api.AddedAsync(new { url = receiver.Url(), events = new[] { "video.deleted" } });
        await api.AddedAsync(new { url = own.Url(), events = new[] { "video.deleted" }, headers = new Dictionary<string, string> { ["TraceParent"] = "mine" } });
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        await using var socket = await StatusClient.SubscribedAsync(api);

        (await api.SendAsync(HttpMethod.Delete, $"/api/videos/{video}", content: null, ("traceparent", $"00-{Trace}-00f067aa0ba902b7-01"))).Is(204);

        var evt = (await socket.UntilAsync(video, "deleted"))[^1].Json.GetProperty("data");
        var received = (await receiver.UntilAsync(requests => requests.Length > 0, "the event comes"))[0];
        var withOwn = (await own.UntilAsync(requests => requests.Length > 0, "the event comes"))[0];
        var span = evt.GetProperty("traceparent").GetString()!;
        Assert.Matches($"^00-{Trace}-[0-9a-f]{{16}}-01$", span);
        Assert.Equal((span, span), (received.Json.GetProperty("traceparent").GetString(), received.Headers["traceparent"]));
        Assert.Equal((span, "mine"), (withOwn.Json.GetProperty("traceparent").GetString(), withOwn.Headers["traceparent"]));
    }
}
