using Microsoft.Extensions.Logging;

namespace Orleans.Runtime;

/// <summary>A component of a silo that can be called. Its calls interleave; each turn of them runs alone.</summary>
public abstract class SystemTarget : ISystemTarget, IGrainContext, IDisposable
{
    private readonly Turns _turns;

    protected SystemTarget(GrainId grainId, Silo silo, ILoggerFactory loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(silo);
        GrainId = grainId;
        Silo = silo.SiloAddress;
        Client = silo.Client;
        Logger = loggerFactory.CreateLogger(GetType());
        _turns = new Turns(this);
    }

    public GrainId GrainId { get; }

    public SiloAddress Silo { get; }

    public GrainReference GrainReference => Client.References.Create(GrainId, GrainServiceTypes.InterfaceOf(GetType()));

    public IServiceProvider ActivationServices => Client.Services;

    public IWorkItemScheduler Scheduler => _turns.Scheduler;

    public Task Deactivated => throw new NotSupportedException("A system target ends with its silo.");

    object? IGrainContext.GrainInstance => this;

    ActivationId IGrainContext.ActivationId => default;

    GrainAddress IGrainContext.Address => new() { GrainId = GrainId, SiloAddress = Silo };

    IGrainLifecycle IGrainContext.ObservableLifecycle => throw new NotSupportedException("A system target lives with the silo's lifecycle.");

    internal RuntimeClient Client { get; }

    internal TaskScheduler TaskScheduler => _turns.Scheduler;

    private protected ILogger Logger { get; }

    public IGrainTimer RegisterGrainTimer(Func<CancellationToken, Task> callback, TimeSpan dueTime, TimeSpan period) =>
        _turns.RegisterTimer(callback, new(dueTime, period));

    public IGrainTimer RegisterGrainTimer<TState>(Func<TState, CancellationToken, Task> callback, TState state, TimeSpan dueTime, TimeSpan period) =>
        _turns.RegisterTimer(token => callback(state, token), new(dueTime, period));

    public object? GetTarget() => this;

    public object? GetComponent(Type componentType) => componentType.IsInstanceOfType(this) ? this : null;

    public void SetComponent<TComponent>(TComponent? value) where TComponent : class => throw new NotSupportedException();

    public void ReceiveMessage(object message) => Receive((GrainCall)message);

    public void Activate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) { }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default) { }

    public void Rehydrate(IRehydrationContext context) { }

    public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) { }

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public sealed override string ToString() => $"[SystemTarget: {Silo}/{GrainId}]";

    public void Dispose()
    {
        _turns.DisposeTimers();
        GC.SuppressFinalize(this);
    }

    internal void Receive(GrainCall call) => _turns.Receive(call);

    /// <summary>Ends without a word: the silo was stopped or killed.</summary>
    internal void Abandon()
    {
        Client.Cluster.SystemTargets.TryRemove(KeyValuePair.Create(GrainId, this));
        _turns.Scheduler.Stop();
        _turns.DisposeTimers();
    }

    /// <summary>What a system target is to the scheduler, apart so that the public class has none of it.</summary>
    private sealed class Turns : ITurnOwner, ICallTarget, ICallSource, ITimerOwner
    {
        private readonly SystemTarget _target;
        private readonly List<GrainTimer> _timers = [];

        public Turns(SystemTarget target)
        {
            _target = target;
            Scheduler = new TurnScheduler(this);
        }

        public TurnScheduler Scheduler { get; }

        public RuntimeClient Client => _target.Client;

        public GrainReference GrainReference => _target.GrainReference;

        public GrainId GrainId => _target.GrainId;

        public object? GrainInstance => _target;

        public ActivationId ActivationId => default;

        public GrainAddress Address => ((IGrainContext)_target).Address;

        public IServiceProvider ActivationServices => _target.ActivationServices;

        public IGrainLifecycle ObservableLifecycle => ((IGrainContext)_target).ObservableLifecycle;

        public Task Deactivated => _target.Deactivated;

        IWorkItemScheduler IGrainContext.Scheduler => Scheduler;

        public void Receive(GrainCall call)
        {
            call.Target = this;
            if (!Scheduler.Enqueue(call))
                call.Fail(new SiloUnavailableException($"{_target} has stopped."));
        }

        public void Post(Action action) => Scheduler.Enqueue(action);

        public void Accept(GrainCall call)
        {
            if (!call.HasEnded)
                Scheduler.RunInTurn(state => _ = Serve((GrainCall)state!), call);
        }

        public IGrainTimer RegisterTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
        {
            var timer = new GrainTimer(this, callback, options);
            lock (_timers)
                _timers.Add(timer);
            return timer;
        }

        public void OnTimerDisposed(GrainTimer timer)
        {
            lock (_timers)
                _timers.Remove(timer);
        }

        public void DisposeTimers()
        {
            GrainTimer[] timers;
            lock (_timers)
                timers = [.. _timers];
            foreach (var timer in timers)
                timer.Dispose();
        }

        public object? GetTarget() => _target;

        public object? GetComponent(Type componentType) => _target.GetComponent(componentType);

        public void SetComponent<TComponent>(TComponent? value) where TComponent : class => _target.SetComponent(value);

        public void ReceiveMessage(object message) => Receive((GrainCall)message);

        public void Activate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) { }

        public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default) { }

        public void Rehydrate(IRehydrationContext context) { }

        public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) { }

        public bool Equals(IGrainContext? other) => ReferenceEquals(this, other) || ReferenceEquals(_target, other);

        private async Task Serve(GrainCall call)
        {
            if (call.RequestContext is not null)
                RequestContext.Import(call.RequestContext);

            Task task;
            try
            {
                task = call.Request.InvokeOn(_target);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                task = Task.FromException(failure);
            }

            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            call.Complete(task);
        }
    }
}
