using System.Diagnostics;
using Ingestion.Telemetry;
using Ingestion.Webhooks;

namespace Ingestion.Backends.Webhooks;

/// <summary>
/// Spans of deliveries, by the conventions for HTTP, below the span that published the event. Of the address there is only the host: paths and queries of
/// receivers may be secrets of theirs.
/// </summary>
internal static class WebhookSpans
{
    public static Activity? Post(WebhookMessage message)
    {
        var span = Spans.StartBelow(message.TraceParent, "POST", ActivityKind.Client);
        if (span is null)
            return null;
        span.SetTag("http.request.method", "POST").SetTag("cloudevents.event_id", message.Id);
        if (Uri.TryCreate(message.Url, UriKind.Absolute, out var address))
            span.SetTag("server.address", address.IdnHost).SetTag("server.port", address.Port);
        return span;
    }

    public static void Answered(Activity? span, WebhookAnswer answer)
    {
        if (answer.Status is { } status)
            span?.SetTag("http.response.status_code", status);
        if (!answer.IsSuccess)
            span.Fail(answer.Error ?? $"{answer.Status}");
    }
}
