using Amazon.S3;
using Ingestion.Uploads;

namespace Ingestion.Backends.ObjectStore.S3;

internal sealed partial class S3ObjectStore : IDirectUploads, IPresignedReads
{
    public Task<string> BeginAsync(ObjectKey key, CancellationToken cancellationToken) => Control.CreateUploadAsync(KeyOf(key), ours: false, cancellationToken);

    /// <summary>The length is signed: bytes that were not reserved would lie in the store all the same, whether the upload is ever completed or not.</summary>
    public async ValueTask<Uri?> PresignPartAsync(
        ObjectKey key, string storeUploadId, int number, long length, DateTimeOffset expires, CancellationToken cancellationToken) =>
        await Control.PresignAsync(HttpVerb.PUT, KeyOf(key), expires, request =>
        {
            (request.UploadId, request.PartNumber) = (storeUploadId, number);
            request.Headers.ContentLength = length;
        });

    public ValueTask<Uri> PresignReadAsync(ObjectKey key, ReadForm form, DateTimeOffset expires, CancellationToken cancellationToken) =>
        Control.PresignAsync(HttpVerb.GET, KeyOf(key), expires, request =>
        {
            request.ResponseHeaderOverrides.ContentType = form.ContentType;
            if (form.ContentDisposition is { } disposition)
                request.ResponseHeaderOverrides.ContentDisposition = disposition;
        });

    public Task<UploadPart> PutPartAsync(ObjectKey key, string storeUploadId, PartSpan span, long length, Stream content,
        CancellationToken cancellationToken) =>
        throw new NotSupportedException("Clients put parts to the store itself.");

    public async Task<IReadOnlyList<UploadPart>?> ListPartsAsync(ObjectKey key, string storeUploadId, PartPlan plan, CancellationToken cancellationToken)
    {
        if (await Control.ListPartsAsync(KeyOf(key), storeUploadId, cancellationToken) is not { } parts)
            return null;
        return [.. parts.Select(part => new UploadPart(
            part.PartNumber ?? 0, plan.Part(part.PartNumber ?? 0).Offset, part.Size ?? 0, S3Control.Unquote(part.ETag)))];
    }
}
