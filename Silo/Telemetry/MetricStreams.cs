using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace Ingestion.Silo.Telemetry;

/// <summary>
/// Which instruments are kept. Each one takes memory from the start and time in each scrape: all of Orleans and ASP.NET Core cost an idle silo
/// five megabytes, this selection a fraction of it. Of the meters that are not named here everything is kept.
/// </summary>
internal static class MetricStreams
{
    // Combinations of tags that one instrument may have; memory for all of them is set aside when it is made. The default is 2,000.
    private const int FewTags = 25;
    private const int ManyTags = 200;

    // Tagged with error codes, roles of tokens, routes or exceptions.
    private static readonly HashSet<string> _manyTags = new(StringComparer.Ordinal)
    {
        "dotnet.exceptions",
        "http.client.request.duration",
        "http.server.request.duration",
        "ingestion.socket.role.active",
        "ingestion.upload.refused",
    };

    // Messages to other silos and their sizes. How many and how much is enough: buckets for each silo would be many series.
    private const string MessagesSent = "orleans-messaging-sent-messages-size";

    private static readonly HashSet<string> _orleans = new(StringComparer.Ordinal)
    {
        "orleans-app-requests-latency",
        "orleans-app-requests-timedout",
        "orleans-catalog-activations",
        "orleans-catalog-activation-failed-to-activate",
        "orleans-directory-cache-size",
        "orleans-messaging-expired",
        "orleans-messaging-pings-reply-missed",
        "orleans-messaging-rejected",
        "orleans-messaging-sent-dropped",
        "orleans-messaging-sent-failed",
        MessagesSent,
        "orleans-scheduler-long-running-turns",
        "orleans-storage-read-errors",
        "orleans-storage-read-latency",
        "orleans-storage-write-errors",
        "orleans-storage-write-latency",
        "orleans-watchdog-health-checks-failed",
    };

    private static readonly HashSet<string> _http = new(StringComparer.Ordinal)
    {
        "http.client.open_connections",
        "http.client.request.duration",
        "http.server.active_requests",
        "http.server.request.duration",
        "kestrel.active_connections",
        "kestrel.rejected_connections",
    };

    /// <summary>The view of an instrument: how it is kept, or that it is dropped.</summary>
    public static MetricStreamConfiguration? Of(Instrument instrument) => instrument.Meter.Name switch
    {
        "Microsoft.Orleans" when !_orleans.Contains(instrument.Name) => MetricStreamConfiguration.Drop,
        "Microsoft.Orleans" when instrument.Name == MessagesSent => new ExplicitBucketHistogramConfiguration { Boundaries = [], TagKeys = [] },
        "Microsoft.AspNetCore.Hosting" or "Microsoft.AspNetCore.Server.Kestrel" or "System.Net.Http" when !_http.Contains(instrument.Name) =>
        MetricStreamConfiguration.Drop,
        _ => new MetricStreamConfiguration { CardinalityLimit = _manyTags.Contains(instrument.Name) ? ManyTags : FewTags },
    };
}
