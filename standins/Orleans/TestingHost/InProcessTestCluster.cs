using System.Collections.ObjectModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.TestingHost;

/// <summary>A cluster for tests: several silos and a client, each with a host of its own, in this process.</summary>
public sealed class InProcessTestCluster : IAsyncDisposable
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

    internal InProcessTestCluster(InProcessTestClusterOptions options) => Options = options;

    public InProcessTestClusterOptions Options { get; }

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

    public IServiceProvider GetSiloServiceProvider(SiloAddress? silo = null) =>
        (silo is null ? Silos[0] : Silos.FirstOrDefault(handle => handle.SiloAddress.Equals(silo)) ?? throw new ArgumentException($"{silo} is not a silo of this cluster.", nameof(silo))).Services;

    public async Task DeployAsync()
    {
        for (var i = 0; i < Options.InitialSilosCount; i++)
            await StartAdditionalSiloAsync();
        await StartClientAsync();
    }

    private async Task StartClientAsync()
    {
        var builder = NewHost();
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(Identify);
            Options.ClientDelegates.ForEach(configure => configure(client));
        });
        _clientHost = builder.Build();
        await _clientHost.StartAsync();
    }

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

    public async Task StopSiloAsync(InProcessSiloHandle instance)
    {
        await instance.StopAsync(gracefully: true);
        Forget(instance);
    }

    /// <summary>The silo dies: its activations are gone without a word, calls to them fail.</summary>
    public async Task KillSiloAsync(InProcessSiloHandle instance)
    {
        await instance.StopAsync(gracefully: false);
        Forget(instance);
    }

    public async Task<InProcessSiloHandle?> RestartSiloAsync(InProcessSiloHandle instance)
    {
        await StopSiloAsync(instance);
        return await StartAsync(instance.Number, instance.Options);
    }

    /// <summary>Every silo reads the same membership: it is stable at once.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1822", Justification = "An instance method in Orleans.")]
    public Task WaitForLivenessToStabilizeAsync(bool didKill = false) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_clientHost is not null)
            await _clientHost.StopAsync();
        foreach (var silo in Silos.Reverse())
            await StopSiloAsync(silo);
        _cluster.Reminders.Dispose();
        _clientHost?.Dispose();
        foreach (var silo in _all)
            await silo.DisposeAsync();
    }

    private async Task<InProcessSiloHandle> StartAsync(short number, InProcessTestSiloSpecificOptions silo)
    {
        var builder = NewHost();
        builder.UseOrleans(orleans =>
        {
            orleans.Configure<ClusterOptions>(Identify).Configure<SiloOptions>(o => o.SiloName = silo.SiloName).ConfigureEndpoints(silo.SiloPort, silo.GatewayPort);
            Options.SiloDelegates.ForEach(configure => configure(silo, orleans));
        });

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
        cluster.ClusterId = Options.ClusterId;
        cluster.ServiceId = Options.ServiceId;
    }

    private void Forget(InProcessSiloHandle silo)
    {
        lock (_silos)
            _silos.Remove(silo);
    }
}
