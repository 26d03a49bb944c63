using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Auth;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Api.RateLimits;
using Ingestion.Videos;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Videos.Links;

/// <summary>Showing a video on a page, which sends no token with what it embeds.</summary>
internal static class LinkEndpoints
{
    private static readonly string[] _methods = [HttpMethods.Get, HttpMethods.Head];

    private static readonly Parameter[] _query =
    [
        new("query", "expires", "When the address ends, in Unix seconds.") { Type = "integer", IsRequired = true },
        Parameter.Query("share", "The share that the address was made by."),
        new("query", "signature", "What makes the address good.") { IsRequired = true },
    ];

    public static IServiceCollection AddMediaLinks(this IServiceCollection services) =>
        services.AddEventMedia().AddSingleton<EventMedia>().AddSingleton<LinkedMedia>();

    public static void MapMediaLinks(this IEndpointRouteBuilder routes)
    {
        // A setting that can't be kept stops the start, not the first request.
        routes.ServiceProvider.GetRequiredService<LinkedMedia>();
        routes.MapGet("/api/videos/{id}/links", GetAsync).RequireAuthorization(Scopes.Watch).WithTags(Tags.Videos).LimitsUnknownIds()
            .Operation("getVideoLinks", "Addresses that show the video without a token, for its owner or a guest whose share allows that.")
            .Refuses(Problem.NotFound, Problem.PlayNotShared);
        Map(MediaLink.Source, "showVideo", "The bytes as they were uploaded, whole or one range of them, by a signed address.", "video/*",
            "application/octet-stream");
        Map(MediaLink.Poster, "showVideoPoster", "A still of the video, by a signed address.", "image/jpeg");

        void Map(string name, string operation, string summary, params string[] types) => routes
            .MapMethods($"{LinkSigner.Root}/{{id}}/{name}", _methods, (HttpContext context, LinkedMedia media, string id) => media.ShowAsync(context, id, name))
            .AllowAnonymous().WithTags(Tags.Videos).LimitsUnknownIds()
            .Operation(operation, summary)
            .DescribeObject(types)
            .Answers(StatusCodes.Status307TemporaryRedirect, "It is in the object store, at that address.")
            .WithAnswerFields(new AnswerField("Location", "The address in the object store.", StatusCodes.Status307TemporaryRedirect))
            .Refuses(Problem.UrlInvalid, Problem.UrlExpired)
            .WithParameters(_query);
    }

    private static async Task<Results<Ok<MediaLinksJson>, ProblemResult>> GetAsync(HttpContext context, IGrainFactory grains, MediaLinks links, string id)
    {
        var (record, share) = await FindAsync(context, grains, id);
        if (record is null)
            return Problem.NotFound.ToResult();
        if (share is { MayPlay: false })
            return Problem.PlayNotShared.ToResult();
        context.Response.Headers.CacheControl = "no-store";
        var addresses = links.Of(context, record, share);
        return TypedResults.Ok(new MediaLinksJson(addresses.Source, addresses.Poster, addresses.Expires));
    }

    private static async Task<(VideoRecord? Record, VideoShare? Share)> FindAsync(HttpContext context, IGrainFactory grains, string id)
    {
        if (!MediaId.IsValid(id))
            return default;
        if (!context.User.IsGuest())
            return (await grains.GetGrain<IVideoGrain>(id).GetAsync(context.User.UserId()), null);
        // A guest has one video, and no share without an id.
        if (context.User.FindFirst(TokenService.VideoClaim)?.Value != id || context.User.FindFirst(TokenService.IdClaim)?.Value is not { } share)
            return default;
        return await grains.GetGrain<IVideoViewing>(id).FindAsync(share) is { } found && found.Record.Owner == context.User.UserId()
            ? (found.Record, found.Share)
            : default;
    }
}

/// <summary>Addresses that show a video without a token.</summary>
/// <param name="SourceUrl">Its bytes, with ranges.</param>
/// <param name="PosterUrl">A still of it; absent until there is one.</param>
/// <param name="ExpiresAt">When they end.</param>
internal sealed record MediaLinksJson(
    string SourceUrl, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PosterUrl, DateTimeOffset ExpiresAt);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(MediaLinksJson))]
internal sealed partial class MediaLinksJsonContext : JsonSerializerContext;
