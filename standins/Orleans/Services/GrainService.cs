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

        public virtual Task Init(IServiceProvider serviceProvider) => Task.CompletedTask;

        public virtual Task Start() => Task.CompletedTask;

        public virtual Task Stop() => Task.CompletedTask;
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

        protected TGrainService GetGrainService(SiloAddress destination) =>
            (TGrainService)(object)_client.References.Create(WellKnownGrainTypes.GrainService(typeof(TGrainService), destination), typeof(TGrainService));
    }
}
