using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ingestion.Tests.EndToEnd.Telemetry;

/// <summary>A span as it came to a collector. Kinds: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. Status: 2 is an error.</summary>
internal sealed record Span(string Trace, string Id, string Parent, string Name, int Kind, int Status, IReadOnlyDictionary<string, string> Attributes)
{
    public override string ToString() =>
        $"{Trace[..4]} {Parent} > {Id} {Name} ({Kind}) {string.Join(' ', Attributes.Select(each => $"{each.Key}={each.Value}"))}";
}

/// <summary>A line of the log as it came to a collector.</summary>
internal sealed record LogLine(string Trace, string Span, string Text);

/// <summary>A receiver of OTLP over HTTP on this machine, which keeps spans and lines.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Span> _spans = [];
    private readonly List<LogLine> _lines = [];
    private readonly WebApplication _app;

    private Collector(WebApplication app) => _app = app;

    /// <summary>Of a silo that pushes to this one, soon.</summary>
    public (string Name, string Value)[] Settings =>
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", _app.Urls.Single()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_BSP_SCHEDULE_DELAY", "200"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "200"),
    ];

    public Span[] Spans
    {
        get
        {
            lock (_gate)
                return [.. _spans];
        }
    }

    public LogLine[] Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{Ports.Next()}");
        var collector = new Collector(builder.Build());
        collector._app.Run(collector.TakeAsync);
        await collector._app.StartAsync();
        return collector;
    }

    public async Task<Span[]> UntilAsync(Func<Span[], bool> condition, string what)
    {
        await Eventually.TrueAsync(() => Task.FromResult(condition(Spans)), () => $"{what}. Came:\n{string.Join("\n", Spans.Select(span => span.ToString()))}");
        return Spans;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var message = new ProtoMessage(body.ToArray());
        // Resources have scopes, which have what was recorded.
        var records = message.All(1).SelectMany(resource => resource.All(2)).SelectMany(scope => scope.All(2)).ToArray();
        lock (_gate)
        {
            if (context.Request.Path == "/v1/traces")
                _spans.AddRange(records.Select(SpanOf));
            else if (context.Request.Path == "/v1/logs")
                _lines.AddRange(records.Select(line => new LogLine(line.Hex(9), line.Hex(10), line.All(5).Single().Text(1))));
        }
    }

    private static Span SpanOf(ProtoMessage span) => new(span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), (int)span.Number(6),
        (int)(span.All(15).FirstOrDefault()?.Number(3) ?? 0), span.All(9).ToDictionary(each => each.Text(1), each => ValueOf(each.All(2).Single())));

    private static string ValueOf(ProtoMessage value) => value.Has(1) ? value.Text(1) : $"{value.Number(value.Has(3) ? 3 : 2)}";
}
