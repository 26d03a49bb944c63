using System.Diagnostics;

namespace Ingestion.Telemetry;

/// <summary>
/// Spans that the service makes itself, beside those of ASP.NET Core, HttpClient, Orleans and Npgsql. Names and attributes: docs/operate/traces.md. All of
/// them are null, and cost next to nothing, where no traces are recorded.
/// </summary>
public static class Spans
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "Ingestion";

    private static readonly ActivitySource _source = new(SourceName);

    /// <summary>The span in which this is called, as the header field <c>traceparent</c> of W3C Trace Context writes it; null: none.</summary>
    public static string? CurrentParent => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } span } ? span : null;

    /// <summary>Begins a span below the current one.</summary>
    public static Activity? Start(string name, ActivityKind kind = ActivityKind.Internal) => _source.StartActivity(name, kind);

    /// <summary>
    /// Begins a span below one of another time or place, of which <paramref name="traceParent"/> was kept; below the current one where nothing readable was.
    /// </summary>
    public static Activity? StartBelow(string? traceParent, string name, ActivityKind kind) =>
        ActivityContext.TryParse(traceParent, traceState: null, isRemote: true, out var parent)
            ? _source.StartActivity(name, kind, parent)
            : _source.StartActivity(name, kind);

    /// <summary>Marks a span as failed.</summary>
    /// <param name="span">The span; null where none is recorded.</param>
    /// <param name="errorType">A stable code of few values: a problem's code, a status, or the name of an exception's type.</param>
    public static void Fail(this Activity? span, string errorType) => span?.SetTag("error.type", errorType).SetStatus(ActivityStatusCode.Error);
}
