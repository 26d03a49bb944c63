using System.Globalization;

namespace Ingestion.Api.Uploads.Ietf;

/// <summary>The field <c>Upload-Limit</c>: what a client should know before it sends.</summary>
internal static class IetfLimits
{
    /// <summary>Of uploads to come.</summary>
    public static string Limits(this UploadEdge edge) => Limits(edge, edge.Options.Value.TimeToLive);

    /// <summary>Of one upload; its time is counted from now.</summary>
    public static string Limits(this UploadEdge edge, DateTimeOffset expiresAt) => Limits(edge, expiresAt - edge.Time.GetUtcNow());

    private static string Limits(UploadEdge edge, TimeSpan left) =>
        string.Create(CultureInfo.InvariantCulture, $"max-size={LargestSize(edge)}, max-age={Math.Max(0, (long)left.TotalSeconds)}");

    // More digits than these no structured integer has.
    private static long LargestSize(UploadEdge edge) => Math.Min(edge.Options.Value.MaxFileBytes, 999_999_999_999_999);
}
