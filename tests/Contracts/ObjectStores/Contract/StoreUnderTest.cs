using Ingestion.Backends.Buffers;
using Ingestion.Backends.ObjectStore.Inventory;
using Ingestion.Uploads;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.Contract;

/// <summary>An open store with buffers of its own.</summary>
internal sealed class StoreUnderTest : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private IAsyncDisposable? _also;

    public StoreUnderTest(long bufferBytes = 64L << 20, TimeProvider? time = null)
    {
        Buffers = PartBufferSource.Create(StagingPath, bufferBytes, time ?? TimeProvider.System);
    }

    public string Folder => _folder.Path;

    public string StagingPath => Path.Combine(Folder, "staging");

    public BufferBudget Budget => Buffers.Budget;

    public PartBufferSource Buffers { get; }

    public IObjectStore Store { get; private set; } = null!;

    public IDirectUploads Direct => (IDirectUploads)Store;

    /// <summary>Bytes of a part that the store takes from the middle of an upload.</summary>
    public int PartSize { get; private set; }

    /// <summary>The same store as a check sees it.</summary>
    public IObjectInventory Inventory { get; private set; } = null!;

    public StoreUnderTest With(IObjectStore store, IObjectInventory inventory, int partSize, IAsyncDisposable? also = null)
    {
        (Store, Inventory, PartSize, _also) = (store, inventory, partSize, also);
        return this;
    }

    public void AssertNothingHeld()
    {
        Assert.Equal((0, 0, 0), (Budget.UsedBytes, Budget.ReservedBytes, Budget.StagedBytes));
        Assert.Empty(Directory.EnumerateFiles(StagingPath));
    }

    public async ValueTask DisposeAsync()
    {
        (Store as IDisposable)?.Dispose();
        Inventory.Dispose();
        Budget.Dispose();
        if (_also is not null)
            await _also.DisposeAsync();
        _folder.Dispose();
    }
}
