using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Audit;
using Ingestion.Api.Auth;
using Ingestion.Api.Creations;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Api.RateLimits;
using Ingestion.Creations;
using Ingestion.Silos;
using Ingestion.Status;
using Ingestion.Videos;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Videos;

/// <summary>Letting others watch one of one's own videos, and ending that.</summary>
internal static class ShareEndpoints
{
    public static IServiceCollection AddShares(this IServiceCollection services)
    {
        services.AddOptions<ShareOptions>().BindConfiguration("Ingestion:Shares").ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton(provider => provider.GetRequiredService<IOptions<ShareOptions>>().Value);
    }

    public static void MapShares(this IEndpointRouteBuilder routes)
    {
        var shares = routes.MapGroup("/api/videos/{id}").RequireAuthorization(Scopes.Sharing).WithTags(Tags.Videos);
        shares.MapPost("/share", AddAsync).LimitedBy(RateKind.Change).LimitsUnknownIds()
            .Operation("shareVideo", "A token that lets its holder watch this one video's status, and play it if you want that.")
            .TakesIdempotencyKey()
            .Refuses(Problem.NotFound, Problem.TtlInvalid, Problem.TooManyShares)
            .WithParameters(Parameter.Number(
                "ttl", "Seconds that it lasts; with a token without the scope share never longer than that token.", 1, TokenService.LongestShare,
                ShareLifetime.Usual))
            .WithParameters(new Parameter("query", "play", "Whether its holder may also play the video.") { Type = "boolean" });
        shares.MapGet("/shares", ListAsync).LimitsUnknownIds()
            .Operation("listShares", "The shares of a video that have not ended, oldest first.")
            .Refuses(Problem.NotFound);
        shares.MapGet("/viewers", ListViewersAsync).LimitsUnknownIds()
            .Operation("listViewers", "How many watch the video by each of its shares now, by WebSocket or event stream, in the whole cluster.")
            .Refuses(Problem.NotFound);
        shares.MapDelete("/share/{share}", RemoveAsync).LimitsUnknownIds()
            .Operation("endShare", "Ends a share: its sockets are closed within seconds, and its token is refused.")
            .Refuses(Problem.NotFound)
            .WithParameters(new Parameter("path", "share", "The id of the share.") { Pattern = MediaId.Pattern });
    }

    /// <summary>Creates a token; its holder may watch the status of this one video.</summary>
    private static async Task<Results<Created<NewShareJson>, ProblemResult>> AddAsync(
        HttpContext context, IGrainFactory grains, TokenService tokens, CreationKeys keys, ShareOptions options, AuditLog audit, TimeProvider time, string id,
        int? ttl, bool? play)
    {
        var (now, user) = (time.GetUtcNow(), context.User);
        var expires = DateTimeOffset.FromUnixTimeSeconds(long.Parse(user.FindFirst("exp")!.Value, CultureInfo.InvariantCulture));
        TimeSpan? wanted = ttl is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        if (ShareLifetime.EndOf(wanted, TimeSpan.FromHours(options.MaxHours), expires, user.MayGiveShares(), now) is not { } end)
            return Problem.TtlInvalid.ToResult();
        if (!MediaId.IsValid(id))
            return Problem.NotFound.ToResult();
        var (creation, refused) = await keys.BeginAsync(
            context, $"POST /api/videos/{id}/share", Declare(ttl, play), MediaId.New(now));
        if (refused is not null)
            return refused.ToResult();
        await using (creation)
        {
            var share = new VideoShare(creation?.Id ?? MediaId.New(now), now, end, user.FindFirst(TokenService.IdClaim)?.Value, play is true);
            if (creation is { MayExist: true } && await Of(id, grains).ListSharesAsync(user.UserId()) is { } shares)
            {
                // The token follows from the share, and is made again.
                if (shares.FirstOrDefault(made => made.Id == creation.Id) is { } earlier)
                    return await AnswerAsync(context, tokens, id, earlier, creation, now);
                if (creation.WasMade)
                    return Problem.NotFound.ToResult("The share of this Idempotency-Key has ended.");
            }

            var outcome = await Of(id, grains).AddShareAsync(user.UserId(), share, options.MaxPerVideo);
            if (outcome is not ShareOutcome.Ok)
                return Refuse(outcome is ShareOutcome.Full ? Problem.TooManyShares : Problem.NotFound, creation);
            audit.Write(context, AuditAct.ShareMade, share.Id, $"video={id} until={end:O}{(share.MayPlay ? " play" : "")}");
            return await AnswerAsync(context, tokens, id, share, creation, now);
        }
    }

    private static async Task<Created<NewShareJson>> AnswerAsync(
        HttpContext context, TokenService tokens, string id, VideoShare share, Creation? creation, DateTimeOffset now)
    {
        if (creation is not null)
            await creation.EndAsync(CreationEnd.Made);
        context.Response.Headers.CacheControl = "no-store";
        var token = tokens.MintShare(context.User.UserId(), id, share);
        var seconds = (int)Math.Ceiling((share.ExpiresAt - now).TotalSeconds);
        return TypedResults.Created((string?)null, new NewShareJson(share.Id, token, seconds, share.ExpiresAt, share.MayPlay));
    }

    /// <summary>What a repeated request must say again. A share that may not be played is declared as before there were others.</summary>
    private static string Declare(int? ttl, bool? play)
    {
        var lifetime = ttl?.ToString(CultureInfo.InvariantCulture);
        return CreationKeys.Declare(play is true ? $"{lifetime} play" : lifetime);
    }

    private static ProblemResult Refuse(Problem problem, Creation? creation)
    {
        creation?.Refuse(problem);
        return problem.ToResult();
    }

    private static async Task<Results<Ok<SharesJson>, ProblemResult>> ListAsync(HttpContext context, IGrainFactory grains, string id)
    {
        if (!MediaId.IsValid(id) || await Of(id, grains).ListSharesAsync(context.User.UserId()) is not { } shares)
            return Problem.NotFound.ToResult();
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new SharesJson(
            [.. shares.Select(share => new ShareJson(share.Id, share.CreatedAt, share.ExpiresAt, share.MadeBy, share.MayPlay))]));
    }

    private static async Task<Results<Ok<ViewersJson>, ProblemResult>> ListViewersAsync(HttpContext context, IGrainFactory grains, string id)
    {
        var user = context.User.UserId();
        if (!MediaId.IsValid(id) || await Of(id, grains).ListSharesAsync(user) is not { } shares)
            return Problem.NotFound.ToResult();
        var guests = (await grains.GetGrain<IStatusGrain>(user).ListSocketsAsync()).Where(socket => socket.IsGuest).ToLookup(socket => socket.Share);
        ViewersOfShareJson[] items = [.. from share in shares where guests[share.Id].Any()
            select new ViewersOfShareJson(share.Id, guests[share.Id].Count(), guests[share.Id].Min(guest => guest.ConnectedAt))];
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new ViewersJson(items.Sum(item => item.Viewers), items));
    }

    private static async Task<Results<NoContent, ProblemResult>> RemoveAsync(
        HttpContext context, IGrainFactory grains, ISiloAgentClient silos, AuditLog audit, string id, string share)
    {
        if (!MediaId.IsValid(id) || !await Of(id, grains).RemoveShareAsync(context.User.UserId(), share))
            return Problem.NotFound.ToResult();
        // A silo that does not answer reads the record again within seconds.
        await silos.DisconnectAsync(new Disconnection(User: null, share));
        audit.Write(context, AuditAct.ShareEnded, share, $"video={id}");
        return TypedResults.NoContent();
    }

    private static IVideoShares Of(string id, IGrainFactory grains) => grains.GetGrain<IVideoShares>(id);
}

/// <summary>A share that was just made; this is the only answer with its token.</summary>
/// <param name="Id">Ends it.</param>
/// <param name="Token">Lets its holder watch the video's status.</param>
/// <param name="ExpiresIn">Seconds from now.</param>
/// <param name="ExpiresAt">When it ends.</param>
/// <param name="Play">Whether its holder may play the video too.</param>
internal sealed record NewShareJson(string Id, string Token, int ExpiresIn, DateTimeOffset ExpiresAt, bool Play);

/// <summary>The shares of a video.</summary>
/// <param name="Items">Those that have not ended.</param>
internal sealed record SharesJson(IReadOnlyList<ShareJson> Items);

/// <summary>A share of a video, without its token.</summary>
/// <param name="Id">Ends it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends.</param>
/// <param name="MadeBy">The jti of the token that it was made with; null when that had none.</param>
/// <param name="Play">Whether its holder may play the video too.</param>
internal sealed record ShareJson(string Id, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, string? MadeBy, bool Play);

/// <summary>Who watches a video by its shares.</summary>
/// <param name="Viewers">All of them. Polls do not count.</param>
/// <param name="Items">The shares by which somebody watches.</param>
internal sealed record ViewersJson(int Viewers, IReadOnlyList<ViewersOfShareJson> Items);

/// <summary>Who watches by one share.</summary>
/// <param name="Share">Its id.</param>
/// <param name="Viewers">Sockets and event streams.</param>
/// <param name="Since">When the first of them connected.</param>
internal sealed record ViewersOfShareJson(string Share, int Viewers, DateTimeOffset Since);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(ViewersJson))]
[JsonSerializable(typeof(NewShareJson))]
[JsonSerializable(typeof(SharesJson))]
internal sealed partial class ShareJsonContext : JsonSerializerContext;
