using System.Collections.ObjectModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.TestingHost;

/// <summary>A cluster for tests: several silos and a client, each with a host of its own, in this process.</summary>
public sealed class InProcessTestCluster(InProcessTestClusterOptions options) : IAsyncDisposable
{
    // Names only. Ports stay apart because addresses must differ.
    private const int FirstSiloPort = 20000;
    private const int FirstGatewayPort = 40000;

    private readonly Cluster _cluster = new();
    private readonly List<InProcessSiloHandle> _silos = [];
    // Hosts of stopped silos are disposed at the end: a test may still ask them for services.
    private readonly List<InProcessSiloHandle> _all = [];
    private IHost? _clientHost;
    private short _started;

    public InProcessTestClusterOptions Options => options;

    public ReadOnlyCollection<InProcessSiloHandle> Silos
    {
        get
        {
            lock (_silos)
                return [.. _silos];
        }
    }

    public IClusterClient Client =>
        _clientHost?.Services.GetRequiredService<IClusterClient>() ?? throw new InvalidOperationException("The client has not been started.");

    public IEnumerable<InProcessSiloHandle> GetActiveSilos() => Silos.Where(silo => silo.IsActive);

    public InProcessSiloHandle? GetSiloForAddress(SiloAddress siloAddress) => Silos.FirstOrDefault(silo => silo.SiloAddress.Equals(siloAddress));

    public IServiceProvider GetSiloServiceProvider(SiloAddress? silo = null) =>
        (silo is null ? Silos[0] : GetSiloForAddress(silo) ?? throw new ArgumentException($"{silo} is not a silo of this cluster.", nameof(silo))).ServiceProvider;

    public async Task DeployAsync()
    {
        for (var i = 0; i < options.InitialSilosCount; i++)
            await StartAdditionalSiloAsync();
        if (options.InitializeClientOnDeploy)
            await InitializeClientAsync();
    }

    public async Task InitializeClientAsync()
    {
        var builder = NewHost();
        foreach (var configure in options.ClientHostConfigurationDelegates)
            configure(builder);
        builder.UseOrleansClient(client => client.Configure<ClusterOptions>(Identify));
        _clientHost = builder.Build();
        await _clientHost.StartAsync();
    }

    public async Task KillClientAsync()
    {
        if (_clientHost is null)
            return;

        await _clientHost.StopAsync(new CancellationToken(canceled: true));
        _clientHost.Dispose();
        _clientHost = null;
    }

    public Task StopClusterClientAsync() => _clientHost?.StopAsync() ?? Task.CompletedTask;

    public Task<InProcessSiloHandle> StartAdditionalSiloAsync()
    {
        var number = _started++;
        return StartAsync(number, new()
        {
            SiloName = number == 0 ? "Primary" : $"Secondary_{number}",
            SiloPort = FirstSiloPort + number,
            GatewayPort = FirstGatewayPort + number,
        });
    }

    public async Task<List<InProcessSiloHandle>> StartSilosAsync(int silosToStart)
    {
        var started = new List<InProcessSiloHandle>();
        for (var i = 0; i < silosToStart; i++)
            started.Add(await StartAdditionalSiloAsync());
        return started;
    }

    public async Task StopSiloAsync(InProcessSiloHandle instance)
    {
        await instance.StopSiloAsync(stopGracefully: true);
        Forget(instance);
    }

    /// <summary>The silo dies: its activations are gone without a word, calls to them fail.</summary>
    public async Task KillSiloAsync(InProcessSiloHandle instance)
    {
        await instance.StopSiloAsync(stopGracefully: false);
        Forget(instance);
    }

    public async Task<InProcessSiloHandle?> RestartSiloAsync(InProcessSiloHandle instance)
    {
        await StopSiloAsync(instance);
        return await StartAsync(instance.InstanceNumber, instance.Options);
    }

    public async Task StopAllSilosAsync()
    {
        await StopClusterClientAsync();
        await StopSilosAsync();
    }

    public async Task StopSilosAsync()
    {
        foreach (var silo in Silos.Reverse())
            await StopSiloAsync(silo);
    }

    /// <summary>Every silo reads the same membership: it is stable at once.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1822", Justification = "An instance method in Orleans.")]
    public Task WaitForLivenessToStabilizeAsync(bool didKill = false) => Task.CompletedTask;

    public Task DeactivateAsync(IAddressable grain) => DeactivateAsync(grain.GetGrainId());

    public async Task DeactivateAsync(GrainId grainId)
    {
        if (!TryGetGrainContext(grainId, out var context))
            return;

        context.Deactivate(new(DeactivationReasonCode.ApplicationRequested, $"{nameof(DeactivateAsync)} was called."));
        await context.Deactivated;
    }

    public Task MigrateAsync(IAddressable grain, SiloAddress? targetSilo = null) => MigrateAsync(grain.GetGrainId(), targetSilo);

    public async Task MigrateAsync(GrainId grainId, SiloAddress? targetSilo = null)
    {
        if (!TryGetGrainContext(grainId, out var context))
            return;

        context.Migrate(targetSilo is null ? null : new() { [Runtime.Placement.IPlacementDirector.PlacementHintKey] = targetSilo });
        await context.Deactivated;
    }

    public Task WaitForDeactivationAsync(IAddressable grain) => WaitForDeactivationAsync(grain.GetGrainId());

    public Task WaitForDeactivationAsync(GrainId grainId) => TryGetGrainContext(grainId, out var context) ? context.Deactivated : Task.CompletedTask;

    public bool TryGetGrainContext(GrainId grainId, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IGrainContext? grainContext)
    {
        var found = _cluster.Directory.TryGet(grainId, out var activation);
        grainContext = activation;
        return found;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAllSilosAsync();
        _cluster.Reminders.Dispose();
        _clientHost?.Dispose();
        foreach (var silo in _all)
            await silo.DisposeAsync();
    }

    private async Task<InProcessSiloHandle> StartAsync(short number, InProcessTestSiloSpecificOptions silo)
    {
        var builder = NewHost();
        builder.UseOrleans(orleans => orleans
            .Configure<ClusterOptions>(Identify)
            .Configure<SiloOptions>(o => o.SiloName = silo.SiloName)
            .ConfigureEndpoints(silo.SiloPort, silo.GatewayPort));
        foreach (var configure in options.SiloHostConfigurationDelegates)
            configure(silo, builder);

        var host = builder.Build();
        var handle = new InProcessSiloHandle(host, silo, number);
        _all.Add(handle);
        await host.StartAsync();
        lock (_silos)
            _silos.Add(handle);
        return handle;
    }

    private HostApplicationBuilder NewHost()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(_cluster);
        return builder;
    }

    private void Identify(ClusterOptions cluster)
    {
        cluster.ClusterId = options.ClusterId;
        cluster.ServiceId = options.ServiceId;
    }

    private void Forget(InProcessSiloHandle silo)
    {
        lock (_silos)
            _silos.Remove(silo);
    }
}
