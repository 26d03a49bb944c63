using System.Globalization;
using System.Text.Json;
using Ingestion.Api.Connections;
using Ingestion.Api.Http.Connections;
using Ingestion.Api.Problems;
using Ingestion.Api.RateLimits;
using Ingestion.Api.Status.Events;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;
using Ingestion.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Webhooks;

/// <summary>Reads the events of a webhook that is pulled.</summary>
internal static class WebhookPulling
{
    /// <summary>Events in one answer.</summary>
    public const int MostEvents = 1_000;

    /// <summary>Events in one answer when the request names no number.</summary>
    public const int UsualEvents = 100;

    /// <summary>The longest wait that may be requested, in seconds.</summary>
    public const int LongestWait = 30;

    // The grain notices nothing of a client that has gone: it waits in slices, and the request between them.
    private static readonly TimeSpan _slice = TimeSpan.FromSeconds(2);

    // Answers at once if events wait, or as soon as one does, or with none when the time is over.
    public static async Task<Results<PulledResult, ProblemResult>> PullAsync(
        HttpContext context, IGrainFactory grains, IClusterManifestProvider manifests, HeldPolls polls, LiveRequests requests, TimeProvider time,
        IHostApplicationLifetime host, string id, string? after, string? limit, string? wait)
    {
        var caller = SocketCaller.Of(context.User);
        using var live = requests.BeginListening(context, caller.Token);
        if (!MediaId.IsValid(id))
            return Problem.NotFound.ToResult();
        if (!TryReadPlace(after, out var place))
            return Problem.CursorInvalid.ToResult("after: the cursor of an answer, not that of an event.");
        if (!TryReadNumber(limit, UsualEvents, MostEvents, out var count) || count == 0)
            return Problem.LimitInvalid.ToResult($"limit: from 1 to {MostEvents}.");
        if (!TryReadNumber(wait, preset: 0, LongestWait, out var seconds))
            return Problem.WaitInvalid.ToResult($"wait: from 0 to {LongestWait}.");
        if (!PullSupport.IsEverywhere(manifests.Current))
            return Problem.PullUnavailable.ToResult();
        // A control character: no user has this name.
        using var held = polls.TryHold($"\u0001webhook:{id}", ClientAddress.Of(context));
        if (held is null)
            return (Problem.TooManyPolls with { RetryAfter = AcceptRate.Delay() }).ToResult();
        if (seconds > 0)
            ConnectionTakeover.WatchPeer(context);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, host.ApplicationStopping);
        var patience = PollEndpoint.PatienceOf(seconds, caller, time).Patience;
        var page = await WaitAsync(WebhooksOf.Events(context, grains), id, place, count, patience, time, end.Token);
        if (RefusalOf(page.Outcome) is { } refusal)
            return refusal;
        WebhookAnswer.DontStore(context);
        return new PulledResult(page);
    }

    private static async Task<PulledEvents> WaitAsync(
        IWebhookEventsGrain webhooks, string id, WebhookPlace? after, int limit, TimeSpan patience, TimeProvider time, CancellationToken end)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var left = patience - time.GetElapsedTime(began);
            var slice = left < _slice ? left : _slice;
            var page = await webhooks.PullAsync(id, after, limit, slice > TimeSpan.Zero ? slice : TimeSpan.Zero);
            if (page is not { Outcome: PullOutcome.Ok, Events.Count: 0 } || left <= TimeSpan.Zero || end.IsCancellationRequested)
                return page;
        }
    }

    private static ProblemResult? RefusalOf(PullOutcome outcome) => outcome switch
    {
        PullOutcome.Ok => null,
        PullOutcome.NotPulled => Problem.WebhookNotPulled.ToResult(),
        PullOutcome.Disabled => Problem.WebhookDisabled.ToResult(),
        PullOutcome.PlaceUnknown =>
            Problem.CursorInvalid.ToResult("after: it is not of this webhook. Without it, the first event is the oldest that is not acknowledged."),
        _ => Problem.NotFound.ToResult(),
    };

    /// <summary>Empty is no cursor, as in a poll.</summary>
    private static bool TryReadPlace(string? text, out WebhookPlace? place)
    {
        place = WebhookPlace.TryParse(text, out var parsed) ? parsed : null;
        return text is null or "" || place is not null;
    }

    private static bool TryReadNumber(string? text, int preset, int most, out int number)
    {
        number = preset;
        return text is null || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most);
    }
}

/// <summary>Events: <c>{events: [CloudEvent], cursor, more}</c>.</summary>
internal sealed class PulledResult(PulledEvents page) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(httpContext.Response.BodyWriter, CloudEventJson.Options);
        json.WriteStartObject();
        json.WriteStartArray("events");
        foreach (var body in page.Events)
            json.WriteRawValue(body, skipInputValidation: true);
        json.WriteEndArray();
        json.WriteString("cursor", page.End.ToString());
        json.WriteBoolean("more", page.HasMore);
        json.WriteEndObject();
    }
}
