using System.Text;
using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Silo.Stops;

/// <summary>A silo that ends so that its supervisor starts it again.</summary>
public sealed class RecycleTests
{
    // docs/operate/settings.md: start it again.
    private const int StartAgain = 75;

    // A silo does not go for its requests before that.
    private static readonly TimeSpan _leastUptime = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task SiloDrainsAndIsToBeStartedAgain_WhenAnOperatorRecyclesIt()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var api = silo.As("alice");
        using var admin = silo.As("operator", "admin");
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        var path = await new TusClient(api).CreateAsync(2 * Samples.Mp4.Length);
        (await new TusClient(api).PatchAsync(path, 0, Samples.Mp4)).Is(204);
        await using var socket = await StatusClient.SubscribedAsync(api);
        var address = await AddressAsync(admin);

        (await RecycleAsync(api, address)).IsProblem(403, "scope_missing");
        (await RecycleAsync(admin, "S127.0.0.1:1:1")).IsProblem(404, "not_found");
        Assert.Equal("waiting", (await RecycleAsync(admin, address)).Is(202).Json.GetProperty("recycle").GetString());

        await socket.IsClosedAsync(4200);
        Assert.True(await silo.ExitAsync() == StartAgain, silo.Log);
        Assert.Contains("Recycling (Operator): lease taken", silo.Log, StringComparison.Ordinal);
        await silo.StartAgainAsync();
        Assert.Equal(Samples.Mp4, (await api.GetAsync($"/api/videos/{video}/source")).Is(200).Body);
        Assert.Equal(Samples.Mp4.Length, await new TusClient(api).OffsetAsync(path));
        using var anonymous = new ApiClient(silo.Address, token: null);
        await Eventually.TrueAsync(
            async () => Encoding.UTF8.GetString((await anonymous.GetAsync("/metrics")).Body)
                .Contains("ingestion_silo_recycles_total{ingestion_silo_recycle_reason=\"operator\"} 1", StringComparison.Ordinal),
            "it counts that it is back");

        // The lease of the life before has ended: it need not wait for it.
        (await RecycleAsync(admin, await AddressAsync(admin))).Is(202);
        Assert.True(await silo.ExitAsync() == StartAgain, silo.Log);
    }

    [Fact]
    public async Task SiloIsToBeStartedAgain_WhenItHasTakenItsRequests()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Memory__RecycleAfterRequests", "3"));
        using var api = silo.As("alice");
        using var anonymous = new ApiClient(silo.Address, token: null);
        for (var i = 0; i < 10; i++)
            (await anonymous.GetAsync("/health/ready")).Is(200);
        await api.ListAsync();
        await Task.Delay(_leastUptime + TimeSpan.FromSeconds(3));
        Assert.False(silo.HasEnded, "Probes were counted.");

        await api.ListAsync();
        await api.ListAsync();

        Assert.True(await silo.ExitAsync() == StartAgain, silo.Log);
        Assert.Contains("Recycling (Requests)", silo.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SiloIsNotToBeStartedAgain_WhenItIsStoppedWhileItDrains()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Cluster__UnreadySeconds", "600"));
        using var admin = silo.As("operator", "admin");
        (await RecycleAsync(admin, await AddressAsync(admin))).Is(202);
        await Eventually.TrueAsync(async () => (await admin.GetAsync("/health/ready")).Status == 503, "it drains");

        await silo.TerminateAsync();
        await silo.TerminateAsync();

        Assert.True(await silo.ExitAsync() == 0, silo.Log);
    }

    private static async Task<string> AddressAsync(ApiClient admin) =>
        (await admin.GetJsonAsync("/api/admin/silos")).GetProperty("items")[0].GetProperty("address").GetString()!;

    private static Task<Answer> RecycleAsync(ApiClient client, string silo) =>
        client.SendAsync(HttpMethod.Post, $"/api/admin/silos/{Uri.EscapeDataString(silo)}/recycle", new ByteArrayContent([]));
}
