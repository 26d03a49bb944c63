namespace Orleans.Runtime;

/// <summary>What starts with an activation: above all the reading of its persistent state. Made only where something subscribes.</summary>
internal sealed class GrainLifecycle : StagedLifecycle, IGrainLifecycle
{
    private readonly List<IGrainMigrationParticipant> _participants = [];

    /// <summary>The luggage of the activation before this one, if the grain migrated.</summary>
    public IRehydrationContext? Arriving { get; set; }

    public void AddMigrationParticipant(IGrainMigrationParticipant participant) => _participants.Add(participant);

    public Task Start(object instance, CancellationToken cancellationToken)
    {
        if (Arriving is { } luggage)
        {
            foreach (var participant in _participants)
                participant.OnRehydrate(luggage);
            (instance as IGrainMigrationParticipant)?.OnRehydrate(luggage);
        }

        return OnStart(cancellationToken);
    }

    public void Dehydrate(object instance, IDehydrationContext luggage)
    {
        foreach (var participant in _participants)
            participant.OnDehydrate(luggage);
        (instance as IGrainMigrationParticipant)?.OnDehydrate(luggage);
    }
}
