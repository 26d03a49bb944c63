using Ingestion.Backends.Buffers;
using Ingestion.Backends.Media;
using Ingestion.Backends.ObjectStore.Files;
using Ingestion.Tests.Unit.Media.Tools;
using Ingestion.Uploads;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingestion.Tests.Unit.Media.Sources;

/// <summary>The source of a video in a store of its own, and the proxy through which tools read it.</summary>
internal sealed class StoredSource : IDisposable
{
    public const string VideoId = "0123456789abcdef0123456789abcdef";

    private static readonly ObjectKey _key = ObjectKey.Source(VideoId);

    private readonly TempFolder _folder = new();
    private readonly FileObjectStore _store;
    private readonly SourceProxy _proxy;

    public StoredSource(bool isolate)
    {
        _store = new FileObjectStore(_folder.Path, PartBufferSource.Create(_folder.In("staging"), 10_000_000, TimeProvider.System));
        _proxy = new SourceProxy(_store, Test.Metrics, isolate, NullLogger<SourceProxy>.Instance);
    }

    public TestRunner Test { get; } = new();

    public Task PutAsync(byte[] content) => _store.PutAsync(_key, new MemoryStream(content), default);

    public async Task<ProxiedSource> ShareAsync() => await _proxy.ShareAsync(_key, (await _store.GetInfoAsync(_key, default))!, default);

    /// <summary>Ends the proxy.</summary>
    public Task StopAsync() => _proxy.DisposeAsync().AsTask();

    public void Dispose()
    {
        Test.Dispose();
        _folder.Dispose();
    }
}
