using Orleans.Hosting;

namespace Orleans.TestingHost;

/// <summary>Configures a test cluster.</summary>
public sealed class InProcessTestClusterBuilder
{
    public InProcessTestClusterBuilder(short initialSilosCount) => Options = new()
    {
        InitialSilosCount = initialSilosCount,
        ClusterId = $"testcluster-{Guid.NewGuid():N}",
        ServiceId = Guid.NewGuid().ToString("N"),
    };

    public InProcessTestClusterOptions Options { get; }

    public InProcessTestClusterBuilder ConfigureSilo(Action<InProcessTestSiloSpecificOptions, ISiloBuilder> configureSiloDelegate)
    {
        Options.SiloDelegates.Add(configureSiloDelegate);
        return this;
    }

    public InProcessTestClusterBuilder ConfigureClient(Action<IClientBuilder> configureClientDelegate)
    {
        Options.ClientDelegates.Add(configureClientDelegate);
        return this;
    }

    public InProcessTestCluster Build() => new(Options);
}

/// <summary>What a test cluster is made of.</summary>
public sealed class InProcessTestClusterOptions
{
    internal InProcessTestClusterOptions() { }

    public string ClusterId { get; set; } = "";

    internal string ServiceId { get; set; } = "";

    internal short InitialSilosCount { get; set; }

    /// <summary>Has no effect here: a test's log goes where its hosts' logging goes.</summary>
    public bool ConfigureFileLogging { get; set; } = true;

    internal List<Action<InProcessTestSiloSpecificOptions, ISiloBuilder>> SiloDelegates { get; } = [];

    internal List<Action<IClientBuilder>> ClientDelegates { get; } = [];
}

/// <summary>What distinguishes a silo of a test cluster.</summary>
public sealed class InProcessTestSiloSpecificOptions
{
    internal InProcessTestSiloSpecificOptions() { }

    internal string SiloName { get; set; } = "";

    internal int SiloPort { get; set; }

    internal int GatewayPort { get; set; }
}
