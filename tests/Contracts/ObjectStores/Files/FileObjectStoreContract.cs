using Ingestion.Backends.ObjectStore.Files;
using Ingestion.Backends.ObjectStore.Inventory;
using Ingestion.Tests.Contracts.ObjectStores.Contract;

namespace Ingestion.Tests.Contracts.ObjectStores.Files;

public sealed class FileObjectStoreContract : ObjectStoreContract
{
    private protected override int Histories => 300;

    private protected override Task<StoreUnderTest> OpenAsync()
    {
        var test = new StoreUnderTest();
        return Task.FromResult(test.With(new FileObjectStore(test.Folder, test.Buffers), new FileObjects(test.Folder), partSize: 1_000_000));
    }
}
