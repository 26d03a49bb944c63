using System.Globalization;

namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>Where a silo as it comes can be reached.</summary>
[Collection(DefaultSilo.Name)]
public sealed class ListenerTests(DefaultSilo shared)
{
    private const string Loopback = "0100007F";
    private const string Listening = "0A";

    [Fact]
    public void SiloListensOnLoopbackOnlyAndHasNoGateway_WhenNothingIsConfigured()
    {
        // Linux alone shows it.
        if (!OperatingSystem.IsLinux())
            return;
        var addresses = Addresses(shared.Silo.Id);
        Assert.All(addresses, address => Assert.Equal(Loopback, address.Split(':')[0]));
        var ports = addresses.Select(address => int.Parse(address.Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(2, ports.Length);
        Assert.Contains(shared.Silo.Address.Port, ports);
    }

    [Fact]
    public async Task RootDescribesTheService_WhenItIsOpened()
    {
        using var anonymous = new ApiClient(shared.Silo.Address, token: null);
        var document = (await anonymous.GetAsync("/")).Is(200).Json;
        Assert.Equal("Ingestion", document.GetProperty("name").GetString());
        Assert.Matches(@"^\d+\.\d+\.\d+$", document.GetProperty("version").GetString());
        var links = document.GetProperty("links").EnumerateObject().ToDictionary(link => link.Name, link => link.Value.GetString()!);
        Assert.Equal("/health/ready", links["ready"]);
        foreach (var (_, path) in links)
            Assert.NotEqual(404, (await anonymous.GetAsync(path)).Status);
    }

    /// <summary>Of every socket on which the process listens, in the kernel's spelling.</summary>
    private static string[] Addresses(int process)
    {
        var sockets = Directory.EnumerateFiles($"/proc/{process}/fd").Select(file => new FileInfo(file).LinkTarget).OfType<string>().ToHashSet();
        return
        [
            .. File.ReadLines($"/proc/{process}/net/tcp").Concat(File.ReadLines($"/proc/{process}/net/tcp6"))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(cells => cells.Length > 9 && cells[3] == Listening && sockets.Contains($"socket:[{cells[9]}]")).Select(cells => cells[1]),
        ];
    }
}
