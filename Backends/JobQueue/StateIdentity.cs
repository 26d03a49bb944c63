using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Ingestion.Backends.JobQueue;

/// <summary>What is stored of a service's state as a whole.</summary>
public sealed record StateIdentityState
{
    /// <summary>Made once with the state, 32 hex digits; a copy of the state has the same.</summary>
    public string Id { get; init; } = "";
}

/// <summary>
/// The name of this state, which is made with it. Two services that were given the same settings by mistake, such as a staging silo on production's
/// queue or a second laptop, do not have the same state, and so do not take each other's jobs for their own. Read before a grain is active.
/// </summary>
internal sealed class StateIdentity([FromKeyedServices(WireNames.Storage)] IGrainStorage storage, JobSource source) : ILifecycleParticipant<ISiloLifecycle>
{
    private const string Name = "identity";

    // A clash needs two silos that start on an empty database in the same moment; the second one finds what the first has written.
    private const int Tries = 5;

    private static readonly GrainId _key = GrainId.Create("service", "state");

    // The storage is open from the first of these stages on, grains run from the last one on.
    private const int Stage = ServiceLifecycleStage.ApplicationServices + 1;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(StateIdentity), Stage, async _ => source.StateId = await ReadAsync());

    private async Task<string> ReadAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            var stored = new GrainState<StateIdentityState>(new StateIdentityState());
            await storage.ReadStateAsync(Name, _key, stored);
            if (stored is { RecordExists: true, State.Id.Length: > 0 })
                return stored.State.Id;
            stored.State = new StateIdentityState { Id = Guid.NewGuid().ToString("N") };
            try
            {
                // What is stored counts, and is read in the next round.
                await storage.WriteStateAsync(Name, _key, stored);
            }
            catch (InconsistentStateException) when (attempt < Tries)
            {
                // Another silo was first.
            }
        }
    }
}

/// <summary>Registers the name of the state.</summary>
public static class StateIdentityRegistration
{
    /// <summary>Has the silo read, or make, the name of its state before it is active. Needs grain storage and a job queue.</summary>
    public static ISiloBuilder AddStateIdentity(this ISiloBuilder silo)
    {
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, StateIdentity>();
        return silo;
    }
}
