using System.Text.Json.Serialization;
using Ingestion.Api.Auth;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Limits;

/// <summary>What a user takes, for that user.</summary>
internal static class UsageEndpoints
{
    public static void MapUsage(this IEndpointRouteBuilder routes) => routes.MapGet("/api/usage", GetUsageAsync).RequireAuthorization(Scopes.Read);

    private static async Task<IResult> GetUsageAsync(HttpContext context, IGrainFactory grains, IOptions<UploadLimitsOptions> limits)
    {
        var usage = await grains.GetGrain<IQuotaGrain>(context.User.UserId()).GetUsageAsync();
        var quota = limits.Value.Quota;
        var answer = new UsageJson(
            usage.Uploads, usage.ReservedBytes, usage.TotalBytes, usage.DayBytes,
            new LimitsJson(Some(quota.ConcurrentUploads), Some(quota.TotalBytes), Some(quota.DailyBytes)));
        return TypedResults.Json(answer, UsageJsonContext.Default.UsageJson);
    }

    private static long? Some(long limit) => limit > 0 ? limit : null;
}

/// <summary>Bytes and numbers; <c>day_bytes</c> since midnight UTC.</summary>
internal sealed record UsageJson(int Uploads, long ReservedBytes, long TotalBytes, long DayBytes, LimitsJson Limits);

/// <summary>Null: no limit.</summary>
internal sealed record LimitsJson(long? ConcurrentUploads, long? TotalBytes, long? DailyBytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(UsageJson))]
internal sealed partial class UsageJsonContext : JsonSerializerContext;
