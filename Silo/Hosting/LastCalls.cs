namespace Ingestion.Silo.Hosting;

/// <summary>
/// A silo that stops passes calls on to where its grains have gone, and its callers wait for the answer in its name: when it is declared dead they fail,
/// though the call is carried out. So it stays a while, with its part of the directory, by which calls find their new way.
/// </summary>
internal sealed class LastCalls(IClusterMembershipService membership, ILocalSiloDetails self, TimeProvider time) : ILifecycleParticipant<ISiloLifecycle>
{
    // Beside the grains, which go at once; the next stage is the directory's end.
    private const int Stage = ServiceLifecycleStage.GrainDeactivation;

    // Calls that were passed on have been answered by then, unless something is wrong.
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(4);

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(LastCalls), Stage, _ => Task.CompletedTask, WaitAsync);

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var others = membership.CurrentSnapshot.Members.Values.Any(silo => silo.Status is SiloStatus.Active && !silo.SiloAddress.Equals(self.SiloAddress));
        if (others)
            await Task.Delay(_pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
