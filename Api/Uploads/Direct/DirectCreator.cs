using System.Text.Json;
using Ingestion.Api.Auth;
using Ingestion.Api.Creations;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Creations;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Api.Uploads.Direct;

/// <summary>Begins direct uploads.</summary>
internal sealed class DirectCreator(ResumableCreations creations, IGrainFactory grains, IDirectUploads store, IOptions<UploadOptions> options)
{
    private const string Route = "POST /api/uploads/direct";

    /// <summary>A new upload that the store is ready for; its id, or why there is none, and then nothing has changed.</summary>
    public async Task<(string? Id, Problem? Problem)> CreateAsync(HttpContext context, DirectRequestJson body, CallerData? caller)
    {
        var owner = context.User.UserId();
        var upload = new NewUpload(owner, UploadKind.Direct, FileName.Clean(body.Name), ContentType: null, body.Size, Metadata: null, Concat: null,
            options.Value.TimeToLive)
        {
            MustBeKnown = options.Value.RequireKnownContainer,
            Tenant = context.User.Tenant(),
            Caller = caller,
            PartSize = (int?)body.PartSize,
        };
        var declared = CreationKeys.Declare(JsonSerializer.Serialize(body, DirectJsonContext.Default.DirectRequestJson));
        var (id, refused, earlier, creation) = await creations.CreateAsync(context, Route, declared, upload);
        // One that was broken off before the store knew of it is begun now.
        if (id is null || earlier is not (null or { State: UploadState.Open, StoreUploadId: "" }))
            return (id, refused);
        try
        {
            await BeginAsync(id, owner, context.RequestAborted);
            return (id, null);
        }
        catch
        {
            if (creation is not null)
                await creation.EndAsync(CreationEnd.Refused);
            throw;
        }
    }

    private async Task BeginAsync(string id, string owner, CancellationToken cancellationToken)
    {
        var grain = grains.GetGrain<IUploadGrain>(id);
        var lease = await grain.AcquireAsync(owner, expectedOffset: null, writer: null);
        try
        {
            var storeUploadId = await store.BeginAsync(ObjectKey.Source(id), cancellationToken);
            await grain.CommitAsync(lease.Epoch, OpenDirectUploads.NothingNew(storeUploadId));
            await grain.ReleaseAsync(lease.Epoch);
        }
        catch
        {
            // No client knows of it yet.
            await grain.AbortAsync(lease.Epoch, error: null);
            throw;
        }
    }
}
