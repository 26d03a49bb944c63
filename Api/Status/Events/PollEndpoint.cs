using System.Globalization;
using Ingestion.Api.Connections;
using Ingestion.Api.Http.Connections;
using Ingestion.Api.Problems;
using Ingestion.Api.RateLimits;
using Ingestion.Api.Status.Broadcasts;
using Ingestion.Api.Status.Channels;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Status.Events;

/// <summary>The journal by long poll.</summary>
internal static class PollEndpoint
{
    /// <summary>The longest wait that may be requested, in seconds.</summary>
    public const int LongestWait = 60;

    /// <summary>Seconds that are waited when the request names none.</summary>
    public const int DefaultWait = 25;

    // Proxies give up an answer of which nothing has come after 60 s (nginx), or 50 s as haproxy is often set up.
    private static readonly TimeSpan _longestAnswer = TimeSpan.FromSeconds(45);

    /// <summary>Answers at once if there is news, or as soon as there is, or with none when the time is over.</summary>
    public static async Task<Results<PollResult, ProblemResult>> PollAsync(
        HttpContext context, IGrainFactory grains, HeldPolls polls, LiveRequests requests, OwnVideos videos, BroadcastHub hub, SocketOptions options,
        TimeProvider time, IHostApplicationLifetime host, string? after, string? wait)
    {
        var caller = SocketCaller.Of(context.User);
        using var live = requests.BeginListening(context, caller.Token);
        if (!int.TryParse(wait ?? $"{DefaultWait}", NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > LongestWait)
            return Problem.WaitInvalid.ToResult();
        var (request, refusal) = await EventRequest.ReadAsync(context, caller, grains, videos, after ?? "");
        if (request is null)
            return refusal!;
        using var place = polls.TryHold(caller.ShareId ?? caller.User, ClientAddress.Of(context));
        if (place is null)
            return (Problem.TooManyPolls with { RetryAfter = AcceptRate.Delay() }).ToResult();
        await using var listener = new JournalListener(grains, caller.User, caller.Audience, request.Channels.Videos) { Media = request.Media };
        using var broadcasts = await hub.WatchAsync(request.Channels.Broadcasts, listener.Wake);
        long? heard = broadcasts.Channels.Count > 0 ? request.Since?.Broadcasts ?? broadcasts.End : null;
        var waiting = new PollWait(listener, broadcasts, heard, caller, grains, time);
        var start = await listener.StartAsync(request.Since?.Cursor);
        StreamEnd? why = null;
        if (start.Mode is SubscriptionMode.Replay && start.Entries.Count == 0 && !waiting.HasBroadcasts && seconds > 0)
        {
            ConnectionTakeover.WatchPeer(context);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, host.ApplicationStopping);
            (start, why) = await waiting.RunAsync(start.Cursor, PatienceOf(seconds, caller, time), end.Token);
            if (host.ApplicationStopping.IsCancellationRequested && start.Entries.Count == 0 && !waiting.HasBroadcasts)
                why = new StreamEnd(CloseCode.Drain, Random.Shared.Next(options.DrainSpreadSeconds * 1000));
        }

        context.Response.Headers.CacheControl = "no-store";
        if (why?.RetryMilliseconds is { } retry)
            context.Response.Headers.RetryAfter = ((retry + 999) / 1000).ToString(CultureInfo.InvariantCulture);
        return new PollResult(start, listener, heard, waiting.Broadcasts, why);
    }

    /// <summary>Not longer than a proxy waits, and not beyond the token.</summary>
    internal static (TimeSpan Patience, bool EndsWithToken) PatienceOf(int seconds, SocketCaller caller, TimeProvider time)
    {
        var wanted = TimeSpan.FromSeconds(seconds) is var wish && wish < _longestAnswer ? wish : _longestAnswer;
        var left = DateTimeOffset.FromUnixTimeSeconds(caller.Expires) - time.GetUtcNow();
        return left < wanted ? (left > TimeSpan.Zero ? left : TimeSpan.Zero, true) : (wanted, false);
    }
}
