using Orleans.Configuration;

namespace Orleans.Runtime;

/// <summary>Ends what has been idle for too long: one sweep over the silo's activations per quantum, no timer per activation.</summary>
internal sealed class IdleCollector : IDisposable
{
    private readonly Silo _silo;
    private readonly GrainCollectionOptions _options;
    private readonly ITimer _timer;

    public IdleCollector(Silo silo, GrainCollectionOptions options)
    {
        _silo = silo;
        _options = options;
        _timer = silo.Client.Time.CreateDetachedTimer(static self => ((IdleCollector)self!).Sweep(), this, options.CollectionQuantum, options.CollectionQuantum);
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Ends everything idle for at least this long, whatever its class says about time; [KeepAlive] is left alone.</summary>
    public async Task Collect(TimeSpan age)
    {
        var ending = _silo.Catalog.All.Where(a => AgeLimitOf(a.Class) != TimeSpan.MaxValue && a.IsIdleFor(age)).ToList();
        foreach (var activation in ending)
            activation.Deactivate(new(DeactivationReasonCode.ActivationIdle, "Collected on request."));

        await Task.WhenAll(ending.Select(activation => activation.Deactivated));
    }

    private void Sweep()
    {
        foreach (var activation in _silo.Catalog.All)
        {
            if (activation.IsIdleFor(AgeLimitOf(activation.Class)))
                activation.Deactivate(new(DeactivationReasonCode.ActivationIdle, "The activation has become idle."));
        }
    }

    private TimeSpan AgeLimitOf(GrainClass grainClass) => grainClass.CollectionAge ?? _options.CollectionAge;
}
