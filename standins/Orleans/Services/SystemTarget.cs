using Microsoft.Extensions.Logging;

namespace Orleans.Runtime;

/// <summary>A component of a silo that can be called. Its calls interleave; each turn of them runs alone.</summary>
public abstract class SystemTarget : ISystemTarget, IGrainContext
{
    private readonly Turns _turns;

    private protected SystemTarget(GrainId grainId, Silo silo, ILoggerFactory loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(silo);
        GrainId = grainId;
        Silo = silo.SiloAddress;
        Client = silo.Client;
        Logger = loggerFactory.CreateLogger(GetType());
        _turns = new Turns(this);
    }

    internal GrainId GrainId { get; }

    GrainId IGrainContext.GrainId => GrainId;

    private SiloAddress Silo { get; }

    GrainReference IGrainContext.GrainReference => Client.References.Create(GrainId, GrainServiceTypes.InterfaceOf(GetType()));

    IServiceProvider IGrainContext.ActivationServices => Client.Services;

    object? IGrainContext.GrainInstance => this;

    IGrainLifecycle IGrainContext.ObservableLifecycle => throw new NotSupportedException("A system target lives with the silo's lifecycle.");

    internal RuntimeClient Client { get; }

    internal TaskScheduler TaskScheduler => _turns.Scheduler;

    private protected ILogger Logger { get; }

    object? IGrainContext.GetComponent(Type componentType) => componentType.IsInstanceOfType(this) ? this : null;

    void IGrainContext.SetComponent<TComponent>(TComponent? value) where TComponent : class => throw new NotSupportedException();

    void IGrainContext.Deactivate(DeactivationReason deactivationReason) { }

    void IGrainContext.Migrate(Dictionary<string, object>? requestContext) { }

    public sealed override string ToString() => $"[SystemTarget: {Silo}/{GrainId}]";

    internal void Receive(GrainCall call) => _turns.Receive(call);

    /// <summary>Ends without a word: the silo was stopped or killed.</summary>
    internal void Abandon()
    {
        Client.Cluster.SystemTargets.TryRemove(KeyValuePair.Create(GrainId, this));
        _turns.Scheduler.Stop();
    }

    /// <summary>What a system target is to the scheduler, apart so that the public class has none of it.</summary>
    private sealed class Turns : ITurnOwner, ICallTarget, ICallSource
    {
        private readonly SystemTarget _target;
        public Turns(SystemTarget target)
        {
            _target = target;
            Scheduler = new TurnScheduler(this);
        }

        public TurnScheduler Scheduler { get; }

        public RuntimeClient Client => _target.Client;

        public GrainReference GrainReference => ((IGrainContext)_target).GrainReference;

        public GrainId GrainId => _target.GrainId;

        public object? GrainInstance => _target;

        public IServiceProvider ActivationServices => ((IGrainContext)_target).ActivationServices;

        public IGrainLifecycle ObservableLifecycle => ((IGrainContext)_target).ObservableLifecycle;

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

        public object? GetComponent(Type componentType) => ((IGrainContext)_target).GetComponent(componentType);

        public void SetComponent<TComponent>(TComponent? value) where TComponent : class => ((IGrainContext)_target).SetComponent(value);

        public void Deactivate(DeactivationReason deactivationReason) { }

        public void Migrate(Dictionary<string, object>? requestContext) { }

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
