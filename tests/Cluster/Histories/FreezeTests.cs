using Ingestion.Tests.Cluster.Infrastructure;
using Ingestion.Tests.Cluster.Load;
using Microsoft.AspNetCore.Http;
using Xunit.Abstractions;

namespace Ingestion.Tests.Cluster.Histories;

/// <summary>A silo that does nothing for longer than the others wait, as in a virtual machine that is moved, and then goes on.</summary>
[Collection(ClusterOfThree.Name)]
public sealed class FreezeTests(ClusterOfThree cluster, ITestOutputHelper output)
{
    private const int Forms = 40;

    private static readonly TimeSpan _freeze = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _slowness = TimeSpan.FromMilliseconds(700);

    [HistoryFact]
    public async Task NothingIsLostOrThereTwice_WhenASiloIsFrozenFor30SecondsAndGoesOn()
    {
        await using var load = await HistoryLoad.StartAsync(cluster, output);

        var thawed = Task.Delay(_freeze);
        await cluster[2].FreezeAsync();
        await cluster.AreActiveAsync(0, 1);
        await load.GoOnAsync(4);
        await thawed;
        await cluster[2].ThawAsync();
        // It is a member no more, finds that out, and ends.
        Assert.NotEqual(0, await cluster[2].ExitAsync());
        await cluster[2].StartAgainAsync();
        await cluster.AreActiveAsync();
        await load.GoOnAsync(4);

        await load.AssertNothingIsLostAsync();
    }

    /// <summary>
    /// The jobs of some of the forms are sent, and their videos are not stored yet: another silo gets those jobs, and finds neither video nor upload.
    /// </summary>
    [HistoryFact]
    public async Task NothingIsLostOrThereTwice_WhenASiloIsFrozenInABurstOfFormsWhileTheStoreIsSlow()
    {
        await using var load = await HistoryLoad.StartAsync(cluster, output);
        cluster.Store.Delay = request => HttpMethods.IsHead(request.Method) ? _slowness : TimeSpan.Zero;
        var burst = load.SendBurstAsync(cluster, silo: 0, Forms);
        await load.GoOnAsync(Forms / 4);

        await cluster[0].FreezeAsync();
        await cluster.AreActiveAsync(1, 2);
        cluster.Store.Delay = _ => TimeSpan.Zero;
        await load.GoOnAsync(4);
        await cluster[0].ThawAsync();
        Assert.NotEqual(0, await cluster[0].ExitAsync());
        await burst;
        await cluster[0].StartAgainAsync();
        await cluster.AreActiveAsync();

        await load.AssertNothingIsLostAsync();
    }
}
