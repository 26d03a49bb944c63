using Ingestion.Users;

namespace Ingestion.Silo.Janitor;

/// <summary>
/// Checks erasures of users, so that interrupted ones continue. Each silo with the role api does it; the first one leaves nothing
/// for the others.
/// </summary>
internal sealed class ErasureSweep(IGrainFactory grains, IHostApplicationLifetime host, TimeProvider time, ILogger<ErasureSweep> logger)
    : PeriodicSweep(_period, host, time, logger)
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(10);

    protected override async Task SweepAsync(CancellationToken stopping) => await TryAsync(
        "erasures",
        async token =>
        {
            var index = grains.GetGrain<IErasureIndexGrain>(ErasureKey.Index);
            var (checkedNow, more) = (0, 0);
            do
                checkedNow += more = await index.SweepAsync();
            while (more > 0 && !token.IsCancellationRequested);
            return checkedNow;
        },
        stopping);
}
