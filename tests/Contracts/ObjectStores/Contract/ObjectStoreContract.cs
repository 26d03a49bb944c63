using Ingestion.Uploads;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.Contract;

/// <summary>What every object store does. A store joins by defining how it is opened.</summary>
public abstract partial class ObjectStoreContract : IAsyncLifetime
{
    private StoreUnderTest _test = null!;

    private IObjectStore Store => _test.Store;

    private int PartSize => _test.PartSize;

    public async Task InitializeAsync() => _test = await OpenAsync();

    public async Task DisposeAsync()
    {
        if (_test is null)
            return;
        // Whatever a test did: no writer is open any more, so nothing may be held.
        _test.AssertNothingHeld();
        await _test.DisposeAsync();
    }

    private protected abstract Task<StoreUnderTest> OpenAsync();

    private TestUpload NewUpload(int doublesEvery = 0) => new(Store, new PartPlan(PartSize, doublesEvery));

    private static Func<int> Chunks(int size) => () => size;

    private async Task<byte[]> ReadAsync(ObjectKey key, long offset = 0, long? count = null)
    {
        var content = await Store.OpenReadAsync(key, offset, count, default);
        using var copy = new MemoryStream();
        await using (content!.Stream)
            await content.Stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    private async Task<List<UnfinishedUpload>> UnfinishedAsync(DateTimeOffset before)
    {
        var uploads = new List<UnfinishedUpload>();
        await foreach (var upload in Store.ListUnfinishedAsync(before, default))
            uploads.Add(upload);
        return uploads;
    }
}
