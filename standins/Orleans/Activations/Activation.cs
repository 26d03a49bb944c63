using Microsoft.Extensions.DependencyInjection;
using Orleans.Core;

namespace Orleans.Runtime;

internal enum ActivationState : byte
{
    Activating,
    Valid,
    Deactivating,
    Invalid,
}

/// <summary>
/// One grain in memory: its instance, its turns and its gate. This part is the outside: identity and calls.
/// What happens from birth to end is in Activation.Life.cs.
/// </summary>
internal sealed partial class Activation : ITurnOwner, ICallTarget, ICallSource, ITimerOwner, IActivationWorkingSetMember
{
    // One delegate for all turns: a call's target is the activation that runs it.
    private static readonly Action<object?> s_turn = static state => ((Activation)((GrainCall)state!).Target!).Invoke((GrainCall)state);

    private readonly TurnScheduler _scheduler;
    private readonly CallGate _gate;
    private Dictionary<Type, object>? _components;
    private GrainReference? _reference;
    public Activation(Silo silo, GrainClass grainClass, GrainId grainId)
    {
        Silo = silo;
        Class = grainClass;
        GrainId = grainId;
        _scheduler = new TurnScheduler(this);
        _gate = new CallGate(grainClass);
        _idleSince = silo.Client.Clock.Now;
    }

    public Silo Silo { get; }

    public RuntimeClient Client => Silo.Client;

    public GrainClass Class { get; }

    public GrainId GrainId { get; }

    public object? GrainInstance { get; private set; }

    public GrainReference GrainReference => _reference ??= Client.References.CreateFor(GrainId);

    // Made when asked for: most activations never are.
    public IServiceProvider ActivationServices => _scope?.ServiceProvider ?? Silo.Services;

    public IGrainLifecycle ObservableLifecycle => _lifecycle ??= new GrainLifecycle();

    /// <summary>Takes a call from any thread. When this activation has ended, the next one serves it.</summary>
    public void Receive(GrainCall call)
    {
        call.Target = this;
        if (!_scheduler.Enqueue(call))
            CallRouter.Reroute(call);
    }

    public void Post(Action action) => _scheduler.Enqueue(action);

    void ITurnOwner.Accept(GrainCall call)
    {
        if (call.HasEnded)
            return;

        switch (_state)
        {
            case ActivationState.Valid when _gate.MayStart(call):
                StartTurn(call);
                break;
            case ActivationState.Invalid:
                TurnAway(call);
                break;
            default:
                _gate.Wait(call);
                break;
        }
    }

    public object? GetComponent(Type componentType) =>
        _components?.GetValueOrDefault(componentType) ?? (componentType.IsInstanceOfType(GrainInstance) ? GrainInstance : null);

    public void SetComponent<TComponent>(TComponent? value) where TComponent : class
    {
        if (value is null)
            _components?.Remove(typeof(TComponent));
        else
            (_components ??= [])[typeof(TComponent)] = value;
    }

    public override string ToString() => $"[Activation: {Silo.SiloAddress}/{GrainId} #GrainType={Class.Type.FullName} State={_state}]";

    public void EnterReentrantSection(Guid id) => _gate.EnterReentrantSection(id);

    public void ExitReentrantSection(Guid id) => _gate.ExitReentrantSection(id);

    /// <summary>The state of a <see cref="Grain{TGrainState}"/>, read before OnActivateAsync.</summary>
    public IStorage<TState> CreateClassState<TState>(Type grainType) =>
        Silo.Services.GetRequiredService<IPersistentStateFactory>().Create<TState>(this, ClassStateConfiguration.Of(grainType));

    private void StartTurn(GrainCall call)
    {
        _gate.Start(call);
        _scheduler.RunInTurn(s_turn, call);
    }

    /// <summary>The turn: calls the method and ends the call, now or when its task ends.</summary>
    private void Invoke(GrainCall call)
    {
        if (call.RequestContext is not null)
            RequestContext.Import(call.RequestContext);

        if (!call.IsLocalOnly && (Client.IncomingFilters.Length > 0 || GrainInstance is IIncomingGrainCallFilter))
        {
            _ = InvokeFiltered(call);
            return;
        }

        Task task;
        try
        {
            task = call.Request.InvokeOn(GrainInstance!);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            task = Task.FromException(failure);
        }

        if (task.IsCompleted)
            EndTurn(call, task);
        else
            _ = EndWith(call, task);
    }

    private async Task EndWith(GrainCall call, Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        EndTurn(call, task);
    }

    private void EndTurn(GrainCall call, Task task)
    {
        if (task.IsFaulted)
            OnCallFailed(task.Exception.InnerException);
        _gate.End(call);
        call.Complete(task);
        OnCallEnded(call);
    }

    private async Task InvokeFiltered(GrainCall call)
    {
        var context = new IncomingCallContext(call, this, Client.IncomingFilters);
        await context.Run();
        OnCallFailed(context.Response!.Exception);
        _gate.End(call);
        call.Complete(context.Response);
        OnCallEnded(call);
    }

    private void OnCallEnded(GrainCall call)
    {
        if (call.ExtendsLife)
            _idleSince = Client.Clock.Now;
        if (_state == ActivationState.Valid)
        {
            // Queued, not run here: a long line of calls that end at once must not pile up on the stack.
            if (_gate.Waiting > 0)
                _scheduler.Enqueue(StartWaiting);
        }
        else
        {
            ContinueDeactivation();
        }
    }

    private void StartWaiting()
    {
        while (_state == ActivationState.Valid && _gate.TryTakeWaiting(out var call))
            StartTurn(call);
    }
}
