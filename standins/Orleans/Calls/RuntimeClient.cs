using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Runtime;

/// <summary>One participant of the cluster, a silo or an outside client: what calls are made through, with its settings and pending calls.</summary>
internal sealed class RuntimeClient : IDisposable
{
    /// <summary>The names of outside clients start with it.</summary>
    public const string OutsidePrefix = "client-";

    private readonly CoarseClock _clock;
    private IOutgoingGrainCallFilter[]? _outgoingFilters;
    private IIncomingGrainCallFilter[]? _incomingFilters;
    private volatile bool _stopped;

    public RuntimeClient(Cluster cluster, IServiceProvider services, string name, bool isSilo)
    {
        Cluster = cluster;
        Services = services;
        Name = name;
        MessagingOptions options = isSilo
            ? services.GetRequiredService<IOptions<SiloMessagingOptions>>().Value
            : services.GetRequiredService<IOptions<ClientMessagingOptions>>().Value;
        ResponseTimeout = options.ResponseTimeout;
        MaxForwardCount = (options as SiloMessagingOptions)?.MaxForwardCount ?? new SiloMessagingOptions().MaxForwardCount;
        CancelsOnTimeout = options.CancelRequestOnTimeout;
        Time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        Logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Orleans.Runtime");
        _clock = new CoarseClock(Time);
        Pending = new PendingCalls(_clock);
        References = new ReferenceFactory(this);
        Factory = new GrainFactory(this);
        Observers = new ObserverRegistry(this);
    }

    public Cluster Cluster { get; }

    public IServiceProvider Services { get; }

    public string Name { get; }

    /// <summary>Null for an outside client, and until the silo is built.</summary>
    public Silo? Silo { get; set; }

    public TimeSpan ResponseTimeout { get; }

    public bool CancelsOnTimeout { get; }

    public int MaxForwardCount { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public CoarseClock Clock => _clock;

    public PendingCalls Pending { get; }

    public ReferenceFactory References { get; }

    public GrainFactory Factory { get; }

    public ObserverRegistry Observers { get; }

    public bool IsStopped => _stopped;

    // Filters may ask for the grain factory, which is made before them.
    public IOutgoingGrainCallFilter[] OutgoingFilters => _outgoingFilters ??= [.. Services.GetServices<IOutgoingGrainCallFilter>()];

    public IIncomingGrainCallFilter[] IncomingFilters => _incomingFilters ??= [.. Services.GetServices<IIncomingGrainCallFilter>()];

    public SiloUnavailableException Unavailable() => new($"{Name} has stopped and makes no calls any more.");

    /// <summary>Leaves the cluster: what it waits for, and what waits for it, fails.</summary>
    public void Stop()
    {
        if (_stopped)
            return;

        _stopped = true;
        Cluster.Leave(this);
        Pending.FailAll(_ => Unavailable());
        foreach (var other in Cluster.Clients)
            other.Pending.FailCallsTo(this, call => new SiloUnavailableException($"{Name} went away while it served {call}."));
    }

    public void Dispose()
    {
        Stop();
        _clock.Dispose();
    }
}
