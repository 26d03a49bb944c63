using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Orleans.Runtime;

/// <summary>From birth to end. Everything here but what says otherwise runs in turns.</summary>
internal sealed partial class Activation
{
    private volatile ActivationState _state;
    private IServiceScope? _scope;
    private GrainLifecycle? _lifecycle;
    private List<GrainTimer>? _timers;
    private TaskCompletionSource? _deactivated;
    private DeactivationReason? _reason;
    private Exception? _failure;
    private MigrationLuggage? _luggage;
    private Dictionary<string, object>? _migrationHints;
    private bool _isFinishing;
    private long _idleSince;
    private long _keepUntil;

    public ActivationState State => _state;

    public bool IsMigrating => _luggage is not null;

    /// <summary>From any thread.</summary>
    public Task Deactivated
    {
        get
        {
            lock (_gate)
            {
                _deactivated ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                if (_state == ActivationState.Invalid)
                    _deactivated.TrySetResult();
                return _deactivated.Task;
            }
        }
    }

    /// <summary>From any thread: makes the instance and lets the calls in.</summary>
    public void Activate(Dictionary<string, object>? requestContext) =>
        _scheduler.Enqueue(() => _ = ActivateInTurn(requestContext));

    /// <summary>From any thread. The first reason counts.</summary>
    public void Deactivate(DeactivationReason deactivationReason)
    {
        lock (_gate)
        {
            if (_reason is not null)
                return;

            _reason = deactivationReason;
            // From here on calls wait for the next activation. One that still activates finishes that first.
            if (_state == ActivationState.Valid)
                _state = ActivationState.Deactivating;
        }

        _scheduler.Enqueue(ContinueDeactivation);
    }

    public void Migrate(Dictionary<string, object>? requestContext)
    {
        _luggage ??= new MigrationLuggage();
        _migrationHints = requestContext;
        Deactivate(new(DeactivationReasonCode.Migrating, "Migrating to a new location."));
    }

    public void Rehydrate(IRehydrationContext context) => (_lifecycle ??= new GrainLifecycle()).Arriving = context;

    /// <summary>From any thread, without a turn: the silo was killed.</summary>
    public void Abandon()
    {
        _scheduler.Stop();
        _state = ActivationState.Invalid;
        lock (_gate)
            _deactivated?.TrySetResult();
        DisposeTimers();
    }

    private async Task ActivateInTurn(Dictionary<string, object>? requestContext)
    {
        try
        {
            RequestContext.Import(requestContext);
            _scope = Silo.Services.CreateScope();
            GrainInstance = Class.CreateInstance(this);
            using var timeout = new CancellationTokenSource(Silo.Collection.ActivationTimeout, Client.Time);
            if (_lifecycle is { } lifecycle)
                await lifecycle.Start(GrainInstance, timeout.Token);
            if (GrainInstance is IGrainBase grain)
                await grain.OnActivateAsync(timeout.Token).WaitAsync(timeout.Token);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Log.ActivationFailed(Client.Logger, GrainId, failure);
            _failure = failure;
        }

        if (_failure is null)
            Open();
        else
            Finish();
    }

    private void Open()
    {
        lock (_gate)
            _state = _reason is null ? ActivationState.Valid : ActivationState.Deactivating;

        Silo.Catalog.WorkingSet.Added(this);
        _idleSince = Client.Clock.Now;
        // Queued: the calls must not inherit the execution context of the activation.
        _scheduler.Enqueue(_state == ActivationState.Valid ? StartWaiting : ContinueDeactivation);
    }

    /// <summary>An activation that let an inconsistency of its own state escape holds wrong state: the next one reads it afresh.</summary>
    private void OnCallFailed(Exception? failure)
    {
        if (failure is InconsistentStateException { IsSourceActivation: true } inconsistent)
        {
            inconsistent.IsSourceActivation = false;
            Deactivate(new(DeactivationReasonCode.ApplicationError, inconsistent, inconsistent.Message));
        }
    }

    private void ContinueDeactivation()
    {
        if (_state != ActivationState.Deactivating || _gate.Running > 0 || _isFinishing)
            return;

        _isFinishing = true;
        _ = FinishDeactivating();
    }

    private async Task FinishDeactivating()
    {
        Silo.Catalog.WorkingSet.Deactivating(this);
        DisposeTimers();

        using var timeout = new CancellationTokenSource(Silo.Collection.DeactivationTimeout, Client.Time);
        var failed = false;
        try
        {
            if (GrainInstance is IGrainBase grain)
                await grain.OnDeactivateAsync(_reason!.Value, timeout.Token).WaitAsync(timeout.Token);
            if (_lifecycle is { } lifecycle)
                await lifecycle.OnStop(timeout.Token).WaitAsync(timeout.Token);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Log.DeactivationFailed(Client.Logger, GrainId, failure);
            failed = true;
        }

        if (_luggage is not null && !failed)
            (_lifecycle ?? new GrainLifecycle()).Dehydrate(GrainInstance!, _luggage);
        else
            _luggage = null;
        Finish();
    }

    /// <summary>Leaves the directory, then sends those that wait to the next activation, or tells them why there is none.</summary>
    private void Finish()
    {
        Silo.Catalog.Remove(this);
        _state = ActivationState.Invalid;
        if (_luggage is not null)
            Silo.Catalog.Move(this, _luggage, _migrationHints);

        foreach (var call in _gate.TakeAllWaiting())
            TurnAway(call);
        _ = DisposeInstance();
        Silo.Catalog.WorkingSet.Deactivated(this);
        lock (_gate)
            _deactivated?.TrySetResult();
    }

    private void TurnAway(GrainCall call)
    {
        if (_failure is null)
            CallRouter.Reroute(call);
        else
            call.Fail(_failure);
    }

    private async Task DisposeInstance()
    {
        try
        {
            if (GrainInstance is IAsyncDisposable asyncDisposable)
                await asyncDisposable.DisposeAsync();
            else
                (GrainInstance as IDisposable)?.Dispose();
            _scope?.Dispose();
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Log.WorkFailed(Client.Logger, GrainId, failure);
        }
    }
}
