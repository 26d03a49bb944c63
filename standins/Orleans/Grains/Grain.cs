using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core;
using Orleans.Runtime;

namespace Orleans;

/// <summary>The base of grain classes.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    protected Grain() => GrainContext = RuntimeContext.Current!;

    /// <summary>The activation this instance lives in; null when a test made the instance itself.</summary>
    [AllowNull]
    public IGrainContext GrainContext { get; private set; }

    protected IGrainFactory GrainFactory => ServiceProvider.GetRequiredService<IGrainFactory>();

    internal IServiceProvider ServiceProvider => GrainContext.ActivationServices;

    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends this activation once its running calls have ended; the next call makes a new one.</summary>
    protected void DeactivateOnIdle() => GrainBaseExtensions.DeactivateOnIdle(this);

    protected void MigrateOnIdle() => GrainBaseExtensions.MigrateOnIdle(this);

    /// <summary>Keeps this activation from being collected as idle for so long. Zero or less withdraws it.</summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => ((Activation)GrainContext).DelayDeactivation(timeSpan);
}

/// <summary>A grain with one record of state, kept by the default storage or the one that [StorageProvider] names.</summary>
public class Grain<TGrainState> : Grain
{
    private readonly IStorage<TGrainState> _storage;

    protected Grain() => _storage = ((Activation)GrainContext).CreateClassState<TGrainState>(GetType());

    protected TGrainState State
    {
        get => _storage.State;
        set => _storage.State = value;
    }

    protected Task ReadStateAsync() => _storage.ReadStateAsync();

    protected Task WriteStateAsync() => _storage.WriteStateAsync();

    protected Task ClearStateAsync() => _storage.ClearStateAsync();
}
