using Ingestion.Api.Http;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Direct;

/// <summary>Makes the addresses that take parts: the store's own, or of the edge where the store has none.</summary>
internal sealed class PartAddresses(IDirectUploads store, PartSigner signer, IOptions<DirectUploadOptions> options, TimeProvider time)
{
    /// <summary>One for each of these parts.</summary>
    public async Task<IReadOnlyList<PartAddressJson>> MakeAsync(HttpContext context, string id, UploadInfo info, IEnumerable<int> numbers)
    {
        var plan = new DirectPlan(info.Plan, info.Length!.Value);
        // In whole seconds, as signatures have it; and never longer than the upload may lie.
        var lifetime = time.GetUtcNow() + options.Value.UrlLifetime;
        var expires = DateTimeOffset.FromUnixTimeSeconds((lifetime < info.ExpiresAt ? lifetime : info.ExpiresAt).ToUnixTimeSeconds());
        var parts = new List<PartAddressJson>();
        foreach (var number in numbers)
        {
            var part = plan.Plan.Part(number);
            var grant = new PartGrant(id, number, plan.LengthOf(part), expires.ToUnixTimeSeconds());
            var address = await store.PresignPartAsync(ObjectKey.Source(id), info.StoreUploadId, number, grant.Length, expires, context.RequestAborted);
            parts.Add(new PartAddressJson(number, part.Offset, grant.Length, address?.AbsoluteUri ?? context.PublicAddressOf(SignedParts.PathOf(grant, signer)),
                expires));
        }

        return parts;
    }
}
