using System.Net;
using Ingestion.Uploads;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.Contract;

public abstract partial class ObjectStoreContract
{
    private static readonly HttpClient _client = new();

    private PartPlan Plan => new(PartSize);

    [ContractFact]
    public async Task DirectParts_MakeTheObject_WhenTheyComeSideBySideAndInAnyOrder()
    {
        var upload = NewUpload();
        var length = (4 * PartSize) + 5000;
        var id = await _test.Direct.BeginAsync(upload.Key, default);
        await Task.WhenAll(new[] { 5, 2, 4, 1, 3 }.Select(
            number => PutPartAsync(upload, id, number, upload.Bytes((number - 1L) * PartSize, number == 5 ? 5000 : PartSize))));
        var parts = await _test.Direct.ListPartsAsync(upload.Key, id, Plan, default);
        Assert.Equal(
            [(1, 0, PartSize), (2, PartSize, PartSize), (3, 2L * PartSize, PartSize), (4, 3L * PartSize, PartSize), (5, 4L * PartSize, 5000)],
            parts!.Select(part => (part.Number, part.Offset, part.Length)));
        Assert.True(await Store.CompleteAsync(upload.Key, id, parts!, default));
        await upload.AssertStoredAsync(length);
        Assert.True(await Store.CompleteAsync(upload.Key, id, parts!, default));
        Assert.Null(await _test.Direct.ListPartsAsync(upload.Key, id, Plan, default));
    }

    [ContractFact]
    public async Task DirectParts_AreListed_AsTheStoreHasThem()
    {
        var upload = NewUpload();
        Assert.Null(await _test.Direct.ListPartsAsync(upload.Key, "unknown", Plan, default));
        var id = await _test.Direct.BeginAsync(upload.Key, default);
        Assert.Empty((await _test.Direct.ListPartsAsync(upload.Key, id, Plan, default))!);
        var tag = await PutPartAsync(upload, id, 2, upload.Bytes(PartSize, 1000));
        Assert.Equal([new UploadPart(2, PartSize, 1000, tag)], (await _test.Direct.ListPartsAsync(upload.Key, id, Plan, default))!);
    }

    [ContractFact]
    public async Task DirectPart_IsReplaced_WhenItIsRepeated()
    {
        var upload = NewUpload();
        var id = await _test.Direct.BeginAsync(upload.Key, default);
        var wrong = await PutPartAsync(upload, id, 1, new byte[20_000]);
        var first = await _test.Direct.ListPartsAsync(upload.Key, id, Plan, default);
        var right = await PutPartAsync(upload, id, 1, upload.Bytes(0, 10_000));
        Assert.NotEqual(wrong, right);
        var second = await _test.Direct.ListPartsAsync(upload.Key, id, Plan, default);
        Assert.Equal([new UploadPart(1, 0, 10_000, right)], second!);
        Assert.False(await Store.CompleteAsync(upload.Key, id, first!, default));
        Assert.True(await Store.CompleteAsync(upload.Key, id, second!, default));
        await upload.AssertStoredAsync(10_000);
    }

    [ContractFact]
    public async Task DirectUpload_IsGone_WhenAborted()
    {
        var upload = NewUpload();
        var id = await _test.Direct.BeginAsync(upload.Key, default);
        await PutPartAsync(upload, id, 1, upload.Bytes(0, 1000));
        Assert.Equal([new UnfinishedUpload(upload.Key.VideoId, id)], await UnfinishedAsync(DateTimeOffset.MaxValue));
        await Store.AbortAsync(upload.Key, id, default);
        Assert.Null(await _test.Direct.ListPartsAsync(upload.Key, id, Plan, default));
        Assert.Empty(await UnfinishedAsync(DateTimeOffset.MaxValue));
        Assert.False(await Store.CompleteAsync(upload.Key, id, [new UploadPart(1, 0, 1000, "x")], default));
    }

    /// <summary>As a client does: to the store if it gives addresses, else as the edge does with its request's body.</summary>
    private async Task<string> PutPartAsync(TestUpload upload, string id, int number, byte[] bytes)
    {
        var span = Plan.Part(number);
        if (await _test.Direct.PresignPartAsync(upload.Key, id, number, bytes.Length, TimeProvider.System.GetUtcNow().AddMinutes(5),
            default) is not { } address)
            return (await _test.Direct.PutPartAsync(upload.Key, id, span, bytes.Length, new MemoryStream(bytes), default)).ETag;
        using var content = new ByteArrayContent(bytes);
        using var response = await _client.PutAsync(address, content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response.Headers.ETag!.Tag.Trim('"');
    }
}
