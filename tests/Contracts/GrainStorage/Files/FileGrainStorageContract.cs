using Ingestion.Backends.GrainStorage;
using Ingestion.Backends.GrainStorage.Inventory;
using Ingestion.Tests.Contracts.GrainStorage.Contract;
using Orleans.Storage;

namespace Ingestion.Tests.Contracts.GrainStorage.Files;

public sealed class FileGrainStorageContract : GrainStorageContract, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override Task<IGrainStorage> OpenAsync() => Task.FromResult<IGrainStorage>(new FileGrainStorage(_folder.Path));

    protected override IStateInventory OpenInventory() => new FileStates(_folder.Path);

    protected override Task<int> CountAsync() => Task.FromResult(_folder.Files.Count);
}
