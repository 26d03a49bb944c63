using System.Globalization;

namespace Ingestion.Api.Uploads.Ietf;

/// <summary>The field <c>Upload-Limit</c>: what a client should know before it sends.</summary>
internal sealed class IetfLimits(IOptions<UploadOptions> options, TimeProvider time)
{
    // A structured integer has no more digits.
    private const long LargestInteger = 999_999_999_999_999;

    /// <summary>Of uploads to come.</summary>
    public string OfNext() => Text(options.Value.TimeToLive);

    /// <summary>Of one upload; its time is counted from now.</summary>
    public string Of(DateTimeOffset expiresAt) => Text(expiresAt - time.GetUtcNow());

    private string Text(TimeSpan left) => string.Create(
        CultureInfo.InvariantCulture, $"max-size={Math.Min(options.Value.MaxFileBytes, LargestInteger)}, max-age={Math.Max(0, (long)left.TotalSeconds)}");
}
