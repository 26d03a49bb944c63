using Ingestion.Api.Auth;
using Ingestion.Api.Http;
using Ingestion.Api.RateLimits;
using Ingestion.Api.Status.Broadcasts;
using Ingestion.Api.Status.Channels;
using Ingestion.Api.Status.Framing;
using Ingestion.Api.Status.Lanes;
using Ingestion.Api.Status.Places;
using Ingestion.Api.Videos.Links;

namespace Ingestion.Api.Status.Sockets;

internal sealed partial class StatusSocket
{
    /// <summary>
    /// Makes the sockets of this silo, and holds what all of them use. A socket has one reference to it in place of one to each service: there are
    /// tens of thousands of sockets, and each reference would be eight bytes more in every one.
    /// </summary>
    internal sealed class Factory(
        IGrainFactory grains,
        ILocalSiloDetails silo,
        TimeProvider time,
        TokenService tokens,
        SocketOptions options,
        BackgroundCalls background,
        BroadcastHub broadcasts,
        SocketMetrics metrics,
        QueueBudget queues,
        OwnVideos videos,
        PlaceTable places,
        RefusalPause pause,
        EventMedia media,
        ILogger<StatusSocket> logger)
    {
        internal IGrainFactory Grains => grains;

        internal TimeProvider Time => time;

        internal TokenService Tokens => tokens;

        internal SocketOptions Options => options;

        internal BackgroundCalls Background => background;

        internal BroadcastHub Broadcasts => broadcasts;

        internal SocketMetrics Metrics => metrics;

        internal QueueBudget Queues => queues;

        internal OwnVideos Videos => videos;

        internal PlaceTable Places => places;

        internal RefusalPause Pause => pause;

        internal EventMedia Media => media;

        internal ILogger Logger => logger;

        /// <summary>Sockets whose grain is unavailable all fail at once.</summary>
        internal LinePace FailureLines { get; } = new(TimeSpan.FromSeconds(1), time);

        /// <summary>The silo, as operators know it: one string for all sockets.</summary>
        internal string SiloName { get; } = silo.SiloAddress.ToParsableString();

        /// <summary>A socket that does not run yet.</summary>
        public StatusSocket Create(AcceptedSocket accepted, SocketCaller caller) => new(accepted, caller, this);
    }
}
