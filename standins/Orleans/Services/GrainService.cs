using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orleans.Services
{
    /// <summary>A service with one instance in each silo.</summary>
    public interface IGrainService : ISystemTarget;

    public interface IGrainServiceClient<TGrainService> where TGrainService : IGrainService;
}

namespace Orleans.Runtime
{
    using Orleans.Services;

    /// <summary>The base of grain services: one instance per silo, started and stopped with it, with turns like a reentrant grain's.</summary>
    public abstract class GrainService : SystemTarget, IGrainService
    {
        protected GrainService(GrainId grainId, Silo silo, ILoggerFactory loggerFactory) : base(grainId, silo, loggerFactory) { }

        protected GrainServiceStatus Status { get; set; }

        protected CancellationTokenSource StoppedCancellationTokenSource { get; } = new();

        public virtual Task Init(IServiceProvider serviceProvider) => Task.CompletedTask;

        public virtual Task Start()
        {
            _ = RunInBackground();
            Status = GrainServiceStatus.Started;
            return Task.CompletedTask;
        }

        public virtual Task Stop()
        {
            StoppedCancellationTokenSource.Cancel();
            Status = GrainServiceStatus.Stopped;
            return Task.CompletedTask;
        }

        protected virtual Task StartInBackground() => Task.CompletedTask;

        private async Task RunInBackground()
        {
            try
            {
                await StartInBackground();
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                Log.WorkFailed(Client.Logger, GrainId, failure);
            }
        }

        protected enum GrainServiceStatus
        {
            Booting = 0,
            Started = 1,
            Stopped = 2,
        }
    }
}

namespace Orleans.Runtime.Services
{
    using Orleans.Services;

    /// <summary>The base of what calls a grain service in a silo of one's choice.</summary>
    public abstract class GrainServiceClient<TGrainService>(IServiceProvider serviceProvider) : IGrainServiceClient<TGrainService>
        where TGrainService : IGrainService
    {
        private readonly RuntimeClient _client = serviceProvider.GetRequiredService<RuntimeClient>();

        protected static GrainReference? CurrentGrainReference => RuntimeContext.Current?.GrainReference;

        protected TGrainService GetGrainService(SiloAddress destination) =>
            (TGrainService)(object)_client.References.Create(WellKnownGrainTypes.GrainService(typeof(TGrainService), destination), typeof(TGrainService));

        /// <summary>The service in the silo that owns the id's place on a ring of all silos.</summary>
        protected TGrainService GetGrainService(GrainId callingGrainId) => GetGrainService(callingGrainId.GetUniformHashCode());

        protected TGrainService GetGrainService(uint key)
        {
            var silos = _client.Cluster.Membership.Active;
            return GetGrainService(silos[key % (uint)silos.Length]);
        }
    }
}
