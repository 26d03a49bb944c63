using Ingestion.Grains.Silos.Sensing;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Tests.Integration.Silos;

/// <summary>What operators see of a silo under pressure.</summary>
public sealed class AdminSilosTests
{
    [Fact]
    public async Task SiloUnderPressure_IsShownWithLevelCauseAndActions_InTheListOfAnySilo()
    {
        await using var cluster = await SocketCluster.StartAsync();
        var silo = cluster.Service.Silos[0];
        cluster.Service.Services(silo).GetRequiredService<ScriptedSense>().Set(0.9, reading => reading with
        {
            Process = reading.Process with { AnonymousBytes = 400 * ScriptedSense.Mebibyte },
            Tools = new ToolReading(Running: 2, 300 * ScriptedSense.Mebibyte, ReserveBytes: 0),
        });
        using var admin = new Operator(cluster, cluster.Hosts[1]);
        JsonElement shown = default;
        await Eventually.TrueAsync(
            async () =>
            {
                shown = (await admin.SilosAsync()).Single(one => one.GetProperty("address").GetString() == silo.ToParsableString());
                return shown.GetProperty("actions").GetArrayLength() == 2;
            },
            "the governor has acted");

        Assert.Equal(("high", "native"), (shown.GetProperty("level").GetString(), shown.GetProperty("cause").GetString()));
        var memory = shown.GetProperty("memory");
        Assert.Equal((400 * ScriptedSense.Mebibyte, 2), (memory.GetProperty("anonymous_bytes").GetInt64(), memory.GetProperty("tools").GetInt32()));
        Assert.Equal(["trim_native", "shrink_buffers"], shown.GetProperty("actions").EnumerateArray().Select(action => action.GetProperty("action").GetString()));
    }

    /// <summary>Until it is declared dead it counts as active, and answers nothing.</summary>
    [Theory]
    [InlineData("/api/admin/silos", "address")]
    [InlineData("/api/admin/sockets", "silo")]
    public async Task SiloThatDies_TakesNoneOfTheOthersAlong(string list, string address)
    {
        await using var cluster = await SocketCluster.StartAsync();
        using var admin = new Operator(cluster, cluster.Hosts[0]);
        var (living, victim) = (cluster.Hosts[..2].Select(host => host.Silo.ToParsableString()).Order(StringComparer.Ordinal).ToArray(), cluster.Hosts[2]);
        var killed = cluster.KillAsync(victim);
        await Eventually.TrueAsync(
            async () =>
            {
                var (answered, unanswered) = await admin.AnswersAsync(list, address);
                Assert.Equal(living, answered.Where(living.Contains));
                Assert.All(unanswered, silo => Assert.Equal(victim.Silo.ToParsableString(), silo));
                return answered.Length == living.Length && unanswered.Length == 0;
            },
            "it is declared dead");
        await killed;
    }
}
