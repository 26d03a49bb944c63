using System.Security.Cryptography;
using Ingestion.Backends.Buffers;
using Ingestion.Backends.GrainStorage;
using Ingestion.Backends.JobQueue;
using Ingestion.Backends.JobQueue.Files;
using Ingestion.Backends.Media;
using Ingestion.Backends.ObjectStore.Files;
using Ingestion.Backends.Webhooks;
using Ingestion.Grains;
using Ingestion.Grains.Silos;
using Ingestion.Grains.Silos.Acting;
using Ingestion.Grains.Silos.Sensing;
using Ingestion.Silos;
using Ingestion.Silos.Recycling;
using Ingestion.Status;
using Ingestion.Uploads;
using Ingestion.Videos;
using Ingestion.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>
/// Three silos with the real grains over real backends, which are one and the same for all silos, as a cluster's are. Each silo has an object store of its
/// own over the same objects, as processes do: what one knows of its writers, no other knows.
/// </summary>
public sealed class ServiceCluster : IAsyncLifetime, IAsyncDisposable
{
    private const int DefaultPartSize = 64 << 20;

    private readonly DirectoryInfo _folder = TempRoot().CreateSubdirectory($"ingestion-test-{Guid.NewGuid():N}");
    private readonly Func<PartBufferSource, IObjectStore> _openStore;
    private readonly int _partSize;
    private readonly FaultyStore _store;
    private readonly FileJobQueue _fileQueue;
    private readonly FaultyStorage _storage;
    private readonly FaultyQueue _queue;
    private readonly byte[] _sealingKey = RandomNumberGenerator.GetBytes(32);
    private readonly ServiceCluster? _beside;

    public ServiceCluster()
        : this(DefaultPartSize, openStore: null)
    {
    }

    private ServiceCluster(int partSize, Func<PartBufferSource, IObjectStore>? openStore)
    {
        var path = _folder.FullName;
        (_partSize, _openStore) = (partSize, openStore ?? (buffers => new FileObjectStore(path, buffers)));
        _store = OpenStore();
        _fileQueue = new FileJobQueue(
            Options.Create(new FileJobQueueOptions { Path = Path.Combine(path, "queue"), PollSeconds = 1 }), new JobSource("service"), TimeProvider.System,
            NullLogger<FileJobQueue>.Instance);
        _queue = new FaultyQueue(_fileQueue);
        _storage = new FaultyStorage(new FileGrainStorage(Path.Combine(path, "state")));
    }

    /// <summary>Silos over the state, the objects and the queue of another cluster, which know nothing of its silos.</summary>
    private ServiceCluster(ServiceCluster other)
    {
        (_folder, _partSize, _openStore, _beside) = (other._folder, other._partSize, other._openStore, other);
        (_store, _fileQueue, _queue) = (OpenStore(), other._fileQueue, other._queue);
        _storage = new FaultyStorage(new FileGrainStorage(Path.Combine(Folder, "state")));
    }

    /// <summary>The clock of all grains.</summary>
    public ShiftedTime Time { get; } = new();

    /// <summary>Where webhooks lead to.</summary>
    public ScriptedSender Sender { get; } = new();

    /// <summary>The object store, as a process sees it that is no silo.</summary>
    public IObjectStore Store => _store;

    /// <summary>Of all silos.</summary>
    public Chance StoreFault { get; } = new();

    public string Folder => _folder.FullName;

    public Chance ManifestFault => _storage.Manifest;

    public IJobQueue Queue => _queue;

    public Fault QueueFault => _queue.Enqueue;

    public Fault JournalFault => _storage.JournalBefore;

    public Fault PlacesFault => _storage.Places;

    public Fault UnreadableJournal => _storage.JournalRead;

    public Fault LostJournalAnswer => _storage.JournalAfter;

    public Fault LostVideoAnswer => _storage.VideoAfter;

    public Fault VideoRemovalFault => _storage.VideoRemoval;

    /// <summary>Before any silo of this cluster writes a video record.</summary>
    public Gate? VideoGate
    {
        get => _storage.Video;
        set => _storage.Video = value;
    }

    /// <summary>Before any silo of this cluster writes the manifest of an upload.</summary>
    public Gate? UploadGate
    {
        get => _storage.Upload;
        set => _storage.Upload = value;
    }

    public InProcessTestCluster Cluster { get; private set; } = null!;

    public SiloAddress[] Silos => [.. Cluster.Silos.Select(silo => silo.SiloAddress)];

    /// <summary>Starts a cluster whose uploads are cut into parts of this many bytes, on files unless something else is to be opened in each process.</summary>
    internal static async Task<ServiceCluster> StartAsync(int partSize = DefaultPartSize, Func<PartBufferSource, IObjectStore>? openStore = null)
    {
        var cluster = new ServiceCluster(partSize, openStore);
        await cluster.InitializeAsync();
        return cluster;
    }

    /// <summary>
    /// Starts silos that a cluster has given up for dead: they live on beside it, with the same state, objects and queue. To be disposed of before
    /// that cluster.
    /// </summary>
    internal static async Task<ServiceCluster> StartBesideAsync(ServiceCluster other)
    {
        var cluster = new ServiceCluster(other);
        await cluster.InitializeAsync();
        return cluster;
    }

    /// <summary>In memory where that can be: no test here cuts the power, and thousands of flushes would only wait for a disk.</summary>
    private static DirectoryInfo TempRoot() => new(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath());

    public static string NewUser() => $"user-{Guid.NewGuid():N}";

    public static string NewId() => MediaId.New(TimeProvider.System.GetUtcNow());

    public IServiceProvider Services(SiloAddress silo) => Cluster.GetSiloServiceProvider(silo);

    /// <summary>The object store of that silo.</summary>
    internal FaultyStore StoreOf(SiloAddress silo) => (FaultyStore)Services(silo).GetRequiredService<IObjectStore>();

    /// <summary>Calls made with it come from that silo.</summary>
    public IGrainFactory From(SiloAddress silo) => Services(silo).GetRequiredService<IGrainFactory>();

    public IGrainFactory From(int silo) => From(Silos[silo]);

    /// <summary>The silo in which the grain is active.</summary>
    public async Task<SiloAddress> WhereAsync(IAddressable grain)
    {
        SiloAddress? address = null;
        await Eventually.TrueAsync(
            async () => (address = await Cluster.Client.GetGrain<IManagementGrain>(0).GetActivationAddress(grain)) is not null && Silos.Contains(address),
            "the grain is active");
        return address!;
    }

    /// <summary>Stops a silo in order: its grains go elsewhere.</summary>
    public Task StopAsync(SiloAddress silo) => Cluster.StopSiloAsync(Cluster.Silos.Single(handle => handle.SiloAddress.Equals(silo)));

    /// <summary>All grains that are idle go to rest, as they do after a while.</summary>
    public async Task CollectAsync() => await Cluster.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

    public Task KillAsync(SiloAddress silo) => Cluster.KillSiloAsync(Cluster.Silos.Single(handle => handle.SiloAddress.Equals(silo)));

    public async Task InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(3);
        builder.Options.ConfigureFileLogging = false;
        // Those of the governors, as in the executable.
        builder.Options.UseRealEnvironmentStatistics = true;
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<TimeProvider>(Time);
            silo.Services.AddSingleton<ScriptedSense>().AddSingleton<IMemorySense>(services => services.GetRequiredService<ScriptedSense>());
            silo.Services.AddSingleton<ScriptedGrains>().AddSingleton<IIdleGrains>(services => services.GetRequiredService<ScriptedGrains>());
            silo.Services.AddSingleton<CountedActuator>().AddSingleton<IMemoryActuator>(services => services.GetRequiredService<CountedActuator>());
            silo.Services.AddSingleton<ScriptedBuffers>().AddSingleton<IBufferBudget>(services => services.GetRequiredService<ScriptedBuffers>());
            silo.Services.AddSingleton<ScriptedEnd>().AddSingleton<ISiloEnd>(services => services.GetRequiredService<ScriptedEnd>());
            silo.Services.AddContainerSniffer();
            silo.Services.AddSingleton<IObjectStore>(OpenStore());
            silo.Services.AddSingleton(Queue);
            silo.Services.AddSingleton<IWebhookSender>(Sender);
            silo.Services.AddWebhookSealer([_sealingKey]);
            silo.Services.AddSingleton<EdgeConnections>();
            silo.Services.AddSingleton<IConnections>(services => services.GetRequiredService<EdgeConnections>());
            silo.Services.AddSingleton<ISocketLoad>(services => services.GetRequiredService<EdgeConnections>());
            silo.Services.AddSingleton<IPlaceTable>(services => services.GetRequiredService<EdgeConnections>());
            silo.Services.AddKeyedSingleton<IGrainStorage>(WireNames.Storage, _storage);
            silo.AddIngestionGrains();
        });
        Cluster = builder.Build();
        await Cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var fault in new[] { QueueFault, JournalFault, UnreadableJournal, LostJournalAnswer, LostVideoAnswer, VideoRemovalFault, PlacesFault })
            fault.Off();
        StoreFault.Set(0);
        ManifestFault.Set(0);
        if (Cluster is not null)
            await Cluster.DisposeAsync();
        if (_beside is not null)
            return;
        await _fileQueue.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private FaultyStore OpenStore() =>
        new(_openStore(PartBufferSource.Create(Path.Combine(Folder, "staging", Guid.NewGuid().ToString("N")), 96L << 20, TimeProvider.System)), _partSize,
            StoreFault);

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();
}
