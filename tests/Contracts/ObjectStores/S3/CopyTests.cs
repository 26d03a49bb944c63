using Ingestion.Tests.Contracts.ObjectStores.Contract;
using Ingestion.Tests.Support.Servers;
using Ingestion.Uploads;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.S3;

/// <summary>Which bytes of a join pass through here, and which the store copies itself.</summary>
[NeedsPrograms(NpmServer.Node, NpmServer.Npm)]
public sealed class CopyTests(S3Emulator emulator) : IClassFixture<S3Emulator>
{
    private const int PartSize = S3Emulator.PartSize;

    [ContractFact]
    public Task Store_CopiesWhatLiesWithinAPiece() => JoinAsync("videos/", "none", tried: 2);

    [ContractFact]
    public Task Store_CopiesWhatLiesWithinAPiece_WhenPartsHaveChecksums() => JoinAsync("videos/", "crc32c", tried: 2);

    [ContractFact]
    public Task Store_IsTriedOnce_WhenItCantCopy() => JoinAsync("nocopy/", "none", tried: 1);

    private async Task JoinAsync(string prefix, string checksum, int tried)
    {
        await using var server = await FaultyServer.StartAsync(emulator.Url);
        var copies = new List<string>();
        server.Decide = request =>
        {
            if (request.Headers.ContainsKey("x-amz-copy-source"))
                copies.Add(request.Headers["x-amz-copy-source-range"].ToString());
            return Fault.None;
        };
        await using var test = await emulator.OpenAsync(
            new StoreUnderTest(), options => (options.ServiceUrl, options.Prefix, options.Checksum) = (server.Url, prefix, checksum));
        var upload = new TestUpload(test.Store, new PartPlan(PartSize));
        var (first, second) = (upload.Bytes(0, PartSize + 100), upload.Bytes(PartSize + 100, (2 * PartSize) + 50));
        var (a, b) = (ObjectKey.Source(Guid.CreateVersion7().ToString("N")), ObjectKey.Source(Guid.CreateVersion7().ToString("N")));
        await test.Store.PutAsync(a, new MemoryStream(first), default);
        await test.Store.PutAsync(b, new MemoryStream(second), default);
        var id = await test.Store.BeginCopyAsync(upload.Key, "", default);
        CopyRange[][] ranges = [[new(a, 0, PartSize)], [new(a, PartSize, 100), new(b, 0, PartSize - 100)], [new(b, PartSize - 100, PartSize)],
            [new(b, (2 * PartSize) - 100, 150)]];
        var parts = new List<UploadPart>();
        foreach (var (range, i) in ranges.Select((range, i) => (range, i)))
            parts.Add((await test.Store.CopyPartAsync(upload.Key, id, new PartPlan(PartSize).Part(i + 1), range, default))!);
        Assert.True(await test.Store.CompleteAsync(upload.Key, id, parts, default));
        await upload.AssertStoredAsync((3 * PartSize) + 150);
        Assert.Equal(new[] { $"bytes=0-{PartSize - 1}", $"bytes={PartSize - 100}-{(2 * PartSize) - 101}" }[..tried], copies);
    }
}
