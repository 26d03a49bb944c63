using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Orleans.TestingHost;

/// <summary>One silo of a test cluster.</summary>
public abstract class SiloHandle
{
    private protected SiloHandle(string name, SiloAddress address)
    {
        Name = name;
        SiloAddress = address;
    }

    public string Name { get; }

    public SiloAddress SiloAddress { get; }
}

/// <summary>One silo, with the host it runs in.</summary>
public class InProcessSiloHandle : SiloHandle
{
    private readonly IHost _host;
    private int _stopped;

    internal InProcessSiloHandle(IHost host, InProcessTestSiloSpecificOptions options, short number)
        : base(options.SiloName, host.Services.GetRequiredService<Silo>().SiloAddress)
    {
        _host = host;
        Options = options;
        Number = number;
    }

    internal short Number { get; }

    internal IServiceProvider Services => _host.Services;

    internal InProcessTestSiloSpecificOptions Options { get; }

    /// <summary>Stops it in good order, or kills it.</summary>
    internal async Task StopAsync(bool gracefully)
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
            return;

        if (!gracefully)
            Services.GetRequiredService<Silo>().Kill();
        await _host.StopAsync(new CancellationToken(canceled: !gracefully));
    }

    internal async Task DisposeAsync()
    {
        await StopAsync(gracefully: true);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
