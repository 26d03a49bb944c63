using Ingestion.Api.Problems;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Api.Uploads.Direct;

/// <summary>Begins direct uploads.</summary>
internal sealed class DirectCreator(UploadCreator creator, IGrainFactory grains, IDirectUploads store, IOptions<UploadOptions> options)
{
    /// <summary>A new upload that the store is ready for; its id, or why there is none, and then nothing has changed.</summary>
    public async Task<(string? Id, Problem? Problem)> CreateAsync(
        string owner, string? tenant, DirectRequestJson body, CallerData? caller, CancellationToken cancellationToken)
    {
        var upload = new NewUpload(owner, UploadKind.Direct, FileName.Clean(body.Name), ContentType: null, body.Size, Metadata: null, Concat: null,
            options.Value.TimeToLive)
        {
            MustBeKnown = options.Value.RequireKnownContainer,
            Tenant = tenant,
            Caller = caller,
        };
        var (id, refused) = await creator.CreateAsync(upload);
        if (id is null)
            return (null, refused);
        var grain = grains.GetGrain<IUploadGrain>(id);
        var lease = await grain.AcquireAsync(owner, expectedOffset: null, writer: null);
        try
        {
            var storeUploadId = await store.BeginAsync(ObjectKey.Source(id), cancellationToken);
            await grain.CommitAsync(lease.Epoch, OpenDirectUploads.NothingNew(storeUploadId));
            await grain.ReleaseAsync(lease.Epoch);
            return (id, null);
        }
        catch
        {
            // No client knows of it yet.
            await grain.AbortAsync(lease.Epoch, error: null);
            throw;
        }
    }
}
