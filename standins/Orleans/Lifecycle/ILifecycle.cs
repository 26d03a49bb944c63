namespace Orleans
{
    /// <summary>Starts and stops with something.</summary>
    internal interface ILifecycleObserver
    {
        Task OnStart(CancellationToken cancellationToken = default);

        Task OnStop(CancellationToken cancellationToken = default);
    }

    /// <summary>Something that starts in ascending stages and stops in descending ones.</summary>
    public interface ILifecycleObservable
    {
        internal IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer);
    }

    internal interface ILifecycleSubject : ILifecycleObservable, ILifecycleObserver;

    /// <summary>Subscribes to a lifecycle when it is built.</summary>
    public interface ILifecycleParticipant<TLifecycleObservable> where TLifecycleObservable : ILifecycleObservable
    {
        void Participate(TLifecycleObservable lifecycle);
    }

    public static class ServiceLifecycleStage
    {
        public const int RuntimeServices = 4000;
        internal const int RuntimeGrainServices = 8000;
        internal const int GrainDeactivation = 19998;
        internal const int BecomeActive = 19999;
        internal const int Active = 20000;
        public const int Last = int.MaxValue;
    }

    public static class LifecycleExtensions
    {
        public static IDisposable Subscribe(
            this ILifecycleObservable observable, string observerName, int stage, Func<CancellationToken, Task> onStart, Func<CancellationToken, Task> onStop) =>
            observable.Subscribe(observerName, stage, new DelegateObserver(onStart, onStop));

        internal static IDisposable Subscribe(this ILifecycleObservable observable, string observerName, int stage, Func<CancellationToken, Task> onStart) =>
            observable.Subscribe(observerName, stage, onStart, _ => Task.CompletedTask);

        private sealed class DelegateObserver(Func<CancellationToken, Task> onStart, Func<CancellationToken, Task> onStop) : ILifecycleObserver
        {
            public Task OnStart(CancellationToken cancellationToken = default) => onStart(cancellationToken);

            public Task OnStop(CancellationToken cancellationToken = default) => onStop(cancellationToken);
        }
    }
}

namespace Orleans.Runtime
{
    /// <summary>The life of a silo, in the stages of <see cref="ServiceLifecycleStage"/>.</summary>
    public interface ISiloLifecycle : ILifecycleObservable;

    internal interface ISiloLifecycleSubject : ISiloLifecycle, ILifecycleSubject;

    /// <summary>The life of an activation, in the stages of <see cref="GrainLifecycleStage"/>.</summary>
    internal interface IGrainLifecycle : ILifecycleObservable
    {
        void AddMigrationParticipant(IGrainMigrationParticipant participant);
    }

    internal static class GrainLifecycleStage
    {
        public const int SetupState = 1000;
    }
}
