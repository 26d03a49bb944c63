using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Orleans.TestingHost;

/// <summary>One silo of a test cluster.</summary>
public abstract class SiloHandle : IAsyncDisposable
{
    public string Name { get; set; } = "";

    public short InstanceNumber { get; set; }

    public SiloAddress SiloAddress { get; set; } = SiloAddress.Zero;

    public SiloAddress GatewayAddress { get; set; } = SiloAddress.Zero;

    public abstract bool IsActive { get; }

    /// <summary>Stops it in good order, or kills it.</summary>
    public abstract Task StopSiloAsync(bool stopGracefully);

    public abstract Task StopSiloAsync(CancellationToken ct);

    public abstract ValueTask DisposeAsync();

    public override string ToString() => $"{Name} {SiloAddress}";
}

/// <summary>One silo, with the host it runs in.</summary>
public class InProcessSiloHandle : SiloHandle
{
    private int _stopped;

    internal InProcessSiloHandle(IHost host, InProcessTestSiloSpecificOptions options, short number)
    {
        SiloHost = host;
        Options = options;
        InstanceNumber = number;
        Name = options.SiloName;
        Silo = host.Services.GetRequiredService<Silo>();
        SiloAddress = Silo.SiloAddress;
        GatewayAddress = Silo.GatewayAddress;
    }

    public IHost SiloHost { get; init; }

    public IServiceProvider ServiceProvider => SiloHost.Services;

    public override bool IsActive => _stopped == 0;

    internal Silo Silo { get; }

    internal InProcessTestSiloSpecificOptions Options { get; }

    public override async Task StopSiloAsync(bool stopGracefully)
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
            return;

        if (!stopGracefully)
            Silo.Kill();
        await SiloHost.StopAsync(new CancellationToken(canceled: !stopGracefully));
    }

    public override async Task StopSiloAsync(CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 0)
            await SiloHost.StopAsync(ct);
    }

    public override async ValueTask DisposeAsync()
    {
        await StopSiloAsync(stopGracefully: true);
        await ((IAsyncDisposable)SiloHost).DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
