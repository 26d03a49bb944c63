using Ingestion.Api.Http;
using Ingestion.Api.Problems;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Direct;

/// <summary>What the endpoints of direct uploads need, and the steps they share.</summary>
internal sealed record DirectEdge(UploadEdge Uploads, IDirectUploads Store, PartSigner Signer, IOptions<DirectUploadOptions> Options)
{
    /// <summary>The owner's direct upload while it takes parts, or why it does not.</summary>
    public async Task<(UploadInfo? Info, Problem? Problem)> FindAsync(string id, string owner)
    {
        var info = await Uploads.FindUploadAsync(id, owner);
        return info switch
        {
            null => (null, Problem.NotFound),
            { Kind: not UploadKind.Direct } => (null, Problem.UploadNotDirect),
            { State: UploadState.Open } => (info, null),
            { State: UploadState.Completing or UploadState.Completed } => (null, Problem.UploadEnded),
            _ => (null, Problem.UploadGone),
        };
    }

    /// <summary>A new upload that the store is ready for; its id, or why there is none, and then nothing has changed.</summary>
    public async Task<(string? Id, Problem? Problem)> CreateAsync(string owner, DirectRequestJson wish, CancellationToken cancellationToken)
    {
        var options = Uploads.Options.Value;
        var upload = new NewUpload(owner, UploadKind.Direct, FileName.Clean(wish.Name), ContentType: null, wish.Size, Metadata: null, Concat: null, options.TimeToLive)
        {
            MustBeKnown = options.RequireKnownContainer,
        };
        var (id, refused) = await Uploads.CreateUploadAsync(upload);
        if (id is null)
            return (null, refused);
        var grain = Uploads.Upload(id);
        var lease = await grain.AcquireAsync(owner, expectedOffset: null, writer: null);
        try
        {
            var storeUploadId = await Store.BeginAsync(ObjectKey.Source(id), cancellationToken);
            await grain.CommitAsync(lease.Epoch, Nothing(storeUploadId));
            await grain.ReleaseAsync(lease.Epoch);
            return (id, null);
        }
        catch
        {
            // Nobody else knows of it yet.
            await grain.AbortAsync(lease.Epoch, error: null);
            throw;
        }
    }

    /// <summary>The upload is being worked on: its time begins anew, and so does its reservation. Null, or why not.</summary>
    public async Task<Problem?> TouchAsync(string id, string owner, UploadInfo info)
    {
        if (await Uploads.Admission.ReserveAsync(owner, id, info.Length!.Value, durable: true) is { } refused)
            return refused;
        var grain = Uploads.Upload(id);
        var lease = await grain.AcquireAsync(owner, expectedOffset: null, writer: null);
        if (lease.Outcome is not UploadOutcome.Ok)
            return lease.Outcome is UploadOutcome.Ended ? Problem.UploadEnded : Problem.UploadGone;
        await grain.CommitAsync(lease.Epoch, Nothing(info.StoreUploadId));
        await grain.ReleaseAsync(lease.Epoch);
        return null;
    }

    /// <summary>Addresses of parts: the store's own, or of the edge where the store has none.</summary>
    public async Task<IReadOnlyList<PartAddressJson>> AddressesAsync(HttpContext context, string id, UploadInfo info, IEnumerable<int> numbers)
    {
        var plan = new DirectPlan(info.Plan, info.Length!.Value);
        // In whole seconds, as signatures say it; and never longer than the upload may lie.
        var lifetime = Uploads.Time.GetUtcNow() + Options.Value.UrlLifetime;
        var expires = DateTimeOffset.FromUnixTimeSeconds((lifetime < info.ExpiresAt ? lifetime : info.ExpiresAt).ToUnixTimeSeconds());
        var parts = new List<PartAddressJson>();
        foreach (var number in numbers)
        {
            var part = plan.Plan.Part(number);
            var grant = new PartGrant(id, number, plan.LengthOf(part), expires.ToUnixTimeSeconds());
            var address = await Store.PresignPartAsync(ObjectKey.Source(id), info.StoreUploadId, number, expires, context.RequestAborted);
            parts.Add(new PartAddressJson(number, part.Offset, grant.Length, address?.AbsoluteUri ?? context.PublicAddressOf(SignedPart.PathOf(grant, Signer)), expires));
        }

        return parts;
    }

    private static UploadCommit Nothing(string storeUploadId) => new(storeUploadId, [], Tail: null, Length: null, ContentType: null, Head: default);
}
