using System.Security.Cryptography;
using System.Text;

namespace Ingestion.Videos;

/// <summary>One order to bring a video to its final state: process it, finish its deletion, or look at what a crash left of it.</summary>
/// <param name="VideoId">The video's id (32 hex digits).</param>
/// <param name="Owner">
/// Whose turn it takes: a digest of the owner (16 hex digits), so that no queue and no dead letter holds a user's name. Null in jobs of builds
/// that did not name owners; those take turns as one owner.
/// </param>
/// <param name="ServiceId">The service that made it; the queue fills it in. Null in jobs of builds that did not name it; those count as own.</param>
/// <param name="StateId">The stored state of that service, which has a name of its own; the queue fills it in. Null: not known.</param>
/// <param name="TraceParent">
/// The span that sent it, as <c>traceparent</c> of W3C Trace Context; the queue fills it in. Null where the silo that sent it records no traces.
/// </param>
public sealed record VideoJob(string VideoId, string? Owner = null, string? ServiceId = null, string? StateId = null, string? TraceParent = null)
{
    private const int OwnerDigits = 16;

    /// <summary>The job of a video of <paramref name="owner"/>, the <c>sub</c> of its token.</summary>
    public static VideoJob Of(string videoId, string owner) =>
        new(videoId, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner)))[..OwnerDigits]);
}
