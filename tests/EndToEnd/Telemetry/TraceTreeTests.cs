using Ingestion.Tests.EndToEnd.Webhooks;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Telemetry;

/// <summary>What a caller's trace shows of an upload, from the request to the webhook.</summary>
[NeedsPrograms(NpmServer.Node, NpmServer.Npm, "ffprobe", "ffmpeg")]
public sealed class TraceTreeTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Caller = "00f067aa0ba902b7";
    private const int Server = 2, Client = 3, Producer = 4, Consumer = 5;

    [ContractFact]
    public async Task UploadIsOneTree_WithS3AndSqs()
    {
        await using var backends = await SharedBackends.StartAsync();
        var spans = await UploadAsync(backends.Settings);

        var sent = One(spans, "send job", Producer);
        Assert.Equal(("aws_sqs", backends.QueueUrl.Split('/')[^1]), (sent.Attributes["messaging.system"], sent.Attributes["messaging.destination.name"]));
        Assert.NotEmpty(sent.Attributes["messaging.message.id"]);
        Assert.Contains(spans, span => span is { Kind: Client } && span.Attributes.GetValueOrDefault("aws.s3.bucket") == backends.Bucket);
    }

    [Fact]
    public async Task UploadIsOneTree_WithFiles()
    {
        var spans = await UploadAsync([]);

        Assert.Equal("file", One(spans, "send job", Producer).Attributes["messaging.system"]);
    }

    [Fact]
    public async Task NothingIsRecorded_WhenTheShareIsZero()
    {
        await using var collector = await Collector.StartAsync();
        await using var silo = await SiloProcess.StartAsync(data: null, [.. collector.Settings, ("Telemetry__TraceShare", "0"), ("ENVIRONMENT", "Development")]);
        using var api = silo.As("alice");
        var form = FormBody.Of(Samples.Mp4);
        using var content = new ByteArrayContent(form.Bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", form.ContentType);
        var answer = await api.SendAsync(HttpMethod.Post, "/api/videos/upload", content, ("traceparent", $"00-{Trace}-{Caller}-01"));
        await api.UntilAsync(answer.Is(201).Json.GetProperty("video_id").GetString()!, "ready");
        // They go out as often as spans would.
        await Eventually.TrueAsync(() => Task.FromResult(collector.Lines.Any(line => line.Text.Contains("completed", StringComparison.Ordinal))), "lines come");

        Assert.Empty(collector.Spans);
        // What signs in stays on the console.
        Assert.Contains("#ticket=", silo.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(collector.Lines, line => line.Text.Contains("#ticket=", StringComparison.Ordinal));
    }

    /// <summary>Uploads a video within a trace, to a silo that says to a webhook that it is ready; the spans of that trace, each below another.</summary>
    private static async Task<Span[]> UploadAsync((string Name, string Value)[] settings)
    {
        await using var collector = await Collector.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        await using var silo = await SiloProcess.StartAsync(data: null, [.. WebhookSilo.Lenient, .. collector.Settings, .. settings]);
        using var api = silo.As("alice");
        await api.AddedAsync(new { url = receiver.Url(), events = new[] { "video.ready" } });
        await using var socket = await StatusClient.SubscribedAsync(api);
        var form = FormBody.Of(Samples.Mp4);
        using var content = new ByteArrayContent(form.Bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", form.ContentType);

        var answer = await api.SendAsync(HttpMethod.Post, "/api/videos/upload", content, ("traceparent", $"00-{Trace}-{Caller}-01"));

        var id = answer.Is(201).Json.GetProperty("video_id").GetString()!;
        var evt = (await socket.UntilAsync(id, "ready"))[^1].Json.GetProperty("data").GetProperty("traceparent").GetString()!;
        var all = await collector.UntilAsync(
            came => came.Any(span => span.Attributes.ContainsKey("cloudevents.event_id")) && came.Any(span => span is { Trace: Trace, Name: "process job" })
                && came.Any(span => span.Id == evt.Split('-')[2]),
            "the spans of webhook, job and event come");
        var spans = all.Where(span => span.Trace == Trace).ToArray();
        var ids = spans.Select(span => span.Id).ToHashSet();
        Assert.All(spans, span => Assert.True(ids.Contains(span.Parent) || span.Parent == Caller, $"{span} is below nothing"));

        var request = Assert.Single(spans, span => span.Parent == Caller);
        Assert.Equal((Server, "/api/videos/upload", "201"), (request.Kind, request.Attributes["http.route"], request.Attributes["http.response.status_code"]));
        // A delivery that comes before the video is published finds its work done at the next one.
        var sent = One(spans, "send job", Producer);
        Assert.All(spans.Where(span => span.Name == "process job"), span =>
            Assert.Equal((Consumer, sent.Id, id), (span.Kind, span.Parent, span.Attributes["ingestion.video.id"])));
        One(spans, "digest source", kind: 1);
        foreach (var tool in new[] { "ffprobe", "ffmpeg" })
        {
            Assert.Contains(spans, span => span.Name == tool && span is { Kind: Client, Status: not 2 } && span.Attributes["process.executable.name"] == tool
                && span.Attributes["process.exit.code"] == "0");
        }

        var posted = Assert.Single(spans, span => span.Name == "POST" && span.Attributes.ContainsKey("cloudevents.event_id"));
        Assert.Equal(("127.0.0.1", "200"), (posted.Attributes["server.address"], posted.Attributes["http.response.status_code"]));
        Assert.DoesNotContain(spans.SelectMany(span => span.Attributes.Values), value =>
            value.Contains("/hook", StringComparison.Ordinal) || value.Contains("alice", StringComparison.Ordinal));

        // What an idle silo does by itself begins no trace.
        var rest = all.Where(span => span.Parent.Length == 0);
        Assert.All(rest, span => Assert.True(span.Kind is Server && span.Attributes.ContainsKey("http.request.method"), $"{span} begins a trace"));
        Assert.Contains(collector.Lines, line => line.Trace == Trace && ids.Contains(line.Span) && line.Text.Contains(id, StringComparison.Ordinal));
        return spans;
    }

    private static Span One(Span[] spans, string name, int kind) =>
        Assert.Single(spans.Where(span => span.Name == name && span.Kind == kind).ToArray());
}
