using Ingestion.Silos;
using Ingestion.Silos.Evidence;
using Ingestion.Silos.Recycling;
using Ingestion.Status;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Services;

namespace Ingestion.Grains.Silos;

/// <summary>Calls the agent of any silo, or of all.</summary>
internal sealed partial class SiloAgentClient(IServiceProvider services, IClusterMembershipService membership, TimeProvider time,
    ILogger<SiloAgentClient> logger)
    : GrainServiceClient<ISiloAgent>(services), ISiloAgentClient
{
    // A silo that is frozen answers nothing; the caller gets its answer all the same.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    public Task<int> RebalanceSocketsAsync(SiloAddress silo, int count) => GetGrainService(silo).RebalanceSocketsAsync(count);

    public Task RefreshSharedWebhooksAsync(SiloAddress silo) => GetGrainService(silo).RefreshSharedWebhooksAsync();

    public Task<RecycleStep> RecycleAsync(SiloAddress silo) => GetGrainService(silo).RecycleAsync();

    public Task<HeapAnswer> SurveyHeapAsync(SiloAddress silo) => GetGrainService(silo).SurveyHeapAsync();

    public Task<SocketFigures> GetSocketsAsync(SiloAddress silo) => GetGrainService(silo).GetSocketsAsync();

    public async Task<Disconnected> DisconnectAsync(Disconnection which)
    {
        var silos = await CallAllAsync(agent => agent.DisconnectAsync(which));
        return new Disconnected(silos.Sum(closed => closed ?? 0), silos.Count(closed => closed is null));
    }

    public Task RefreshDeniedAsync() => CallAllAsync(async agent =>
    {
        await agent.RefreshDeniedAsync();
        return 0;
    });

    private Task<int?[]> CallAllAsync(Func<ISiloAgent, Task<int>> call) =>
        Task.WhenAll(membership.CurrentSnapshot.Members.Keys.Where(TakesRequests).Select(silo => CallAsync(silo, call)));

    /// <summary>Null: it did not answer, and may live.</summary>
    private async Task<int?> CallAsync(SiloAddress silo, Func<ISiloAgent, Task<int>> call)
    {
        try
        {
            return await call(GetGrainService(silo)).WaitAsync(_patience, time);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            if (!TakesRequests(silo))
                return 0;
            LogUnreached(e, silo);
            return null;
        }
    }

    /// <summary>A joining silo reads the list before it takes requests; a silo that shuts down finishes its requests.</summary>
    private bool TakesRequests(SiloAddress silo) => membership.CurrentSnapshot.GetSiloStatus(silo) is > SiloStatus.Joining and < SiloStatus.Dead;

    [LoggerMessage(EventName = "SiloUnreached", Level = LogLevel.Warning,
        Message = "Silo {Silo} does not answer; its connections are ended when it does, or with it")]
    private partial void LogUnreached(Exception exception, SiloAddress silo);
}
