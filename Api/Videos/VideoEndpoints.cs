using System.Globalization;
using Ingestion.Api.Auth;
using Ingestion.Api.Http;
using Ingestion.Api.Problems;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Api.Videos;

/// <summary>Reading and removing one's own videos.</summary>
internal static class VideoEndpoints
{
    private const int DefaultPage = 20;
    private const int LongestPage = 100;

    // Seconds.
    private const int DefaultShare = 86_400;
    private const int LongestShare = TokenService.LongestShare;

    public static void MapVideos(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/api").RequireAuthorization(Scopes.Read);
        read.MapGet("/videos", ListAsync);
        read.MapGet("/videos/{id}", GetAsync);
        read.MapGet("/tasks/{id}", GetAsync);
        read.MapMethods("/videos/{id}/source", ["GET", "HEAD"], GetSourceAsync);
        read.MapMethods("/videos/{id}/poster", ["GET", "HEAD"], GetPosterAsync);
        routes.MapPost("/api/videos/{id}/share", ShareAsync).RequireAuthorization(Scopes.Upload);
        routes.MapDelete("/api/videos/{id}", DeleteAsync).RequireAuthorization(Scopes.Upload);
    }

    private static async Task<IResult> ListAsync(HttpContext context, IGrainFactory grains, string? cursor, string? limit)
    {
        if (ParseLimit(limit) is not { } count)
            return Problem.LimitInvalid.ToResult();
        long? before = null;
        if (cursor is not null)
        {
            if (!long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed))
                return Problem.CursorInvalid.ToResult();
            before = parsed;
        }

        var owner = context.User.UserId();
        var page = await grains.GetGrain<ILibraryGrain>(owner).ListAsync(before, count);
        var records = await Task.WhenAll(page.VideoIds.Select(id => grains.GetGrain<IVideoGrain>(id).GetAsync(owner)));
        var root = context.LinkRoot();
        var items = records.OfType<VideoRecord>().Select(record => VideoJson.Of(record, root)).ToArray();
        var list = new VideoListJson(items, page.Next?.ToString(CultureInfo.InvariantCulture));
        return TypedResults.Json(list, VideoJsonContext.Default.VideoListJson);
    }

    /// <summary>A token that lets whoever has it watch this one video's status.</summary>
    private static async Task<IResult> ShareAsync(HttpContext context, IGrainFactory grains, TokenService tokens, string id, int? ttl)
    {
        if (ttl is < 1 or > LongestShare)
            return Problem.TtlInvalid.ToResult();
        if (await FindAsync(context, grains, id) is not { } record)
            return Problem.NotFound.ToResult();
        context.Response.Headers.CacheControl = "no-store";
        var lifetime = ttl ?? DefaultShare;
        var share = new ShareJson(tokens.MintShare(record.Owner, record.Id, TimeSpan.FromSeconds(lifetime)), lifetime);
        return TypedResults.Json(share, VideoJsonContext.Default.ShareJson, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> GetAsync(HttpContext context, IGrainFactory grains, string id) =>
        await FindAsync(context, grains, id) is { } record ? TypedResults.Json(VideoJson.Of(record, context.LinkRoot()), VideoJsonContext.Default.VideoJson) : Problem.NotFound.ToResult();

    private static async Task<IResult> GetSourceAsync(HttpContext context, IGrainFactory grains, IObjectStore store, string id) =>
        await FindAsync(context, grains, id) is { } record
            ? new ObjectResult(store, ObjectKey.Source(record.Id), record.ContentType, record.FileName)
            : Problem.NotFound.ToResult();

    private static async Task<IResult> GetPosterAsync(HttpContext context, IGrainFactory grains, IObjectStore store, string id) =>
        await FindAsync(context, grains, id) is { HasPoster: true } record
            ? new ObjectResult(store, ObjectKey.Poster(record.Id), "image/jpeg", fileName: null)
            : Problem.NotFound.ToResult();

    private static async Task<IResult> DeleteAsync(HttpContext context, IGrainFactory grains, string id)
    {
        if (!MediaId.IsValid(id) || !await grains.GetGrain<IVideoGrain>(id).DeleteAsync(context.User.UserId()))
            return Problem.NotFound.ToResult();
        return TypedResults.NoContent();
    }

    /// <summary>What has not the shape of an id never reaches a grain.</summary>
    private static async Task<VideoRecord?> FindAsync(HttpContext context, IGrainFactory grains, string id) =>
        MediaId.IsValid(id) ? await grains.GetGrain<IVideoGrain>(id).GetAsync(context.User.UserId()) : null;

    private static int? ParseLimit(string? text)
    {
        if (text is null)
            return DefaultPage;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= LongestPage ? limit : null;
    }
}
