using Ingestion.Silos;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Tests.Integration.Silos;

/// <summary>The memory governor of every silo answers in every silo.</summary>
public sealed class GovernorTests(ServiceCluster cluster) : IClassFixture<ServiceCluster>
{
    [Fact]
    public async Task EverySiloAnswers_ToAnySilo()
    {
        foreach (var from in cluster.Silos)
        {
            var client = cluster.Services(from).GetRequiredService<IMemoryGovernorClient>();
            foreach (var silo in cluster.Silos)
            {
                var sample = await client.GetSampleAsync(silo);
                Assert.InRange(sample.ResidentBytes, 1, long.MaxValue);
                Assert.InRange(sample.HeapBytes, 1, long.MaxValue);
                Assert.InRange(sample.BudgetBytes, 1, long.MaxValue);
            }
        }
    }

    [Fact]
    public async Task AgentOfEverySilo_Answers_WhenCalledFromAnySilo()
    {
        foreach (var from in cluster.Silos)
        {
            var agents = cluster.Services(from).GetRequiredService<ISiloAgentClient>();
            foreach (var silo in cluster.Silos)
                Assert.Equal(0, await agents.RebalanceSocketsAsync(silo, count: 1));
        }
    }
}
