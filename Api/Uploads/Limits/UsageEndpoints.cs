using System.Text.Json.Serialization;
using Ingestion.Api.Auth;
using Ingestion.Api.OpenApi;
using Ingestion.Uploads;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Uploads.Limits;

/// <summary>What a user takes, for that user.</summary>
internal static class UsageEndpoints
{
    public static void MapUsage(this IEndpointRouteBuilder routes) => routes
        .MapGet("/api/usage", GetUsageAsync)
        .RequireAuthorization(Scopes.Read)
        .WithTags(Tags.Uploads)
        .Operation("getUsage", "What your uploads and videos take, and what they may.");

    /// <summary>What a user takes.</summary>
    public static async Task<UsageJson> OfAsync(IGrainFactory grains, UploadLimitsOptions limits, string user)
    {
        var usage = await grains.GetGrain<IQuotaGrain>(user).GetUsageAsync();
        var quota = limits.Quota;
        return new UsageJson(
            usage.Uploads, usage.ReservedBytes, usage.TotalBytes, usage.DayBytes,
            new LimitsJson(Some(quota.ConcurrentUploads), Some(quota.TotalBytes), Some(quota.DailyBytes)));
    }

    private static async Task<Ok<UsageJson>> GetUsageAsync(HttpContext context, IGrainFactory grains, IOptions<UploadLimitsOptions> limits) =>
        TypedResults.Ok(await OfAsync(grains, limits.Value, context.User.UserId()));

    private static long? Some(long limit) => limit > 0 ? limit : null;
}

/// <summary>What a user takes.</summary>
/// <param name="Uploads">Uploads under way.</param>
/// <param name="ReservedBytes">What they may still become.</param>
/// <param name="TotalBytes">Of all videos.</param>
/// <param name="DayBytes">Uploaded since midnight UTC.</param>
/// <param name="Limits">What the user may take.</param>
internal sealed record UsageJson(int Uploads, long ReservedBytes, long TotalBytes, long DayBytes, LimitsJson Limits);

/// <summary>Null: no limit.</summary>
internal sealed record LimitsJson(long? ConcurrentUploads, long? TotalBytes, long? DailyBytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(UsageJson))]
internal sealed partial class UsageJsonContext : JsonSerializerContext;
