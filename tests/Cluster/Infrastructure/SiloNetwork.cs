using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Ingestion.Tests.Cluster.Infrastructure;

/// <summary>
/// Silos as if on machines of their own: a network namespace each, joined by a bridge that the tests are at too. All of it goes with the process of
/// the tests, however that ends.
/// </summary>
internal sealed class SiloNetwork : IAsyncDisposable
{
    private const int FirstSilo = 11;
    private const string NobodysCard = "02:00:00:00:00:01";

    // Each waits for the end of its input, which is the end of the tests at the latest.
    private const string HoldBridge = "ip link add $0 type bridge && ip addr add $1/24 dev $0 && ip link set $0 up && echo made; read line; ip link del $0";
    private const string HoldNamespace = "echo made; read line";

    private static readonly Lazy<string?> _missing = new(Try);

    private readonly string _bridge;
    private readonly string _prefix;
    private readonly Process _bridgeHolder;
    private readonly List<Process> _namespaces = [];

    private SiloNetwork(string bridge, string prefix, Process bridgeHolder) => (_bridge, _prefix, _bridgeHolder) = (bridge, prefix, bridgeHolder);

    /// <summary>Why none can be made here; null when one can.</summary>
    public static string? Missing => _missing.Value;

    /// <summary>Where silos find the tests.</summary>
    public IPAddress Host => IPAddress.Parse($"{_prefix}.1");

    public static async Task<SiloNetwork> MakeAsync(int silos)
    {
        // Names and addresses of its own: another run of the tests may go on beside.
        var (bridge, prefix) = ($"ing{Environment.ProcessId}", $"10.{80 + (Environment.ProcessId / 250 % 100)}.{Environment.ProcessId % 250}");
        var network = new SiloNetwork(bridge, prefix, await HoldAsync("sh", "-c", HoldBridge, bridge, $"{prefix}.1"));
        try
        {
            for (var silo = 0; silo < silos; silo++)
                await network.AddAsync(silo);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    public SiloPlace PlaceOf(int silo) => new(AddressOf(silo), NamespaceOf(silo));

    /// <summary>Nothing that <paramref name="from"/> sends reaches <paramref name="to"/>: it goes to a machine that is not there.</summary>
    public Task CutAsync(int from, int to) =>
        InAsync(from, "ip", "neigh", "replace", AddressOf(to), "lladdr", NobodysCard, "dev", "eth0", "nud", "permanent");

    /// <summary>Ends all cuts.</summary>
    public async Task HealAsync()
    {
        for (var silo = 0; silo < _namespaces.Count; silo++)
            await InAsync(silo, "ip", "neigh", "flush", "dev", "eth0", "nud", "permanent");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var holder in (Process[])[.. _namespaces, _bridgeHolder])
        {
            holder.StandardInput.Close();
            await holder.WaitForExitAsync().WaitAsync(Eventually.Deadline);
            holder.Dispose();
        }
    }

    private string AddressOf(int silo) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}.{FirstSilo + silo}");

    private string NamespaceOf(int silo) => $"/proc/{_namespaces[silo].Id}/ns/net";

    private async Task AddAsync(int silo)
    {
        var holder = await HoldAsync("unshare", "--net", "sh", "-c", HoldNamespace);
        _namespaces.Add(holder);
        var outer = $"{_bridge}.{silo}";
        await RunAsync("ip", "link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", $"{holder.Id}");
        await RunAsync("ip", "link", "set", outer, "master", _bridge, "up");
        await InAsync(silo, "ip", "addr", "add", $"{AddressOf(silo)}/24", "dev", "eth0");
        await InAsync(silo, "ip", "link", "set", "lo", "up");
        await InAsync(silo, "ip", "link", "set", "eth0", "up");
    }

    private Task InAsync(int silo, params string[] command) => RunAsync("nsenter", [$"--net={NamespaceOf(silo)}", .. command]);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var run = await Executable.RunAsync(program, arguments);
        Assert.True(run.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {run.Error}");
    }

    /// <summary>Starts what prints a line once it is there.</summary>
    private static async Task<Process> HoldAsync(string program, params string[] arguments)
    {
        var holder = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        if (await holder.StandardOutput.ReadLineAsync() is not null)
            return holder;
        await holder.WaitForExitAsync();
        throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {holder.ExitCode}.");
    }

    private static string? Try()
    {
        if (ProgramPath.Missing("ip", "unshare", "nsenter", "sh") is { } missing)
            return missing;
        // A bridge of another namespace: nothing is left of it.
        const string make = "ip link add trial0 type bridge && ip link add trial1 type veth peer name trial2";
        using var trial = Process.Start(new ProcessStartInfo("unshare", ["--net", "sh", "-c", make])
        {
            RedirectStandardError = true,
        })!;
        var errors = trial.StandardError.ReadToEnd();
        trial.WaitForExit();
        return trial.ExitCode == 0 ? null : $"NOT TESTED: the system allows no network namespaces: {errors.Trim()}";
    }
}
