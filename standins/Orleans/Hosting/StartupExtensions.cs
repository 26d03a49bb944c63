using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans.Runtime
{
    internal sealed class StartupTaskParticipant(IServiceProvider services, Func<IServiceProvider, CancellationToken, Task> task, int stage)
        : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(StartupTaskParticipant), stage, token => task(services, token));
    }
}

namespace Orleans.Hosting
{
    /// <summary>Startup tasks run once a silo is active, before its host counts as started.</summary>
    public static class SiloBuilderStartupExtensions
    {
        public static ISiloBuilder AddStartupTask(
            this ISiloBuilder builder, Func<IServiceProvider, CancellationToken, Task> startupTask, int stage = ServiceLifecycleStage.Active)
        {
            builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => new StartupTaskParticipant(services, startupTask, stage));
            return builder;
        }
    }

    public static class GrainServicesSiloBuilderExtensions
    {
        public static ISiloBuilder AddGrainService<T>(this ISiloBuilder builder) where T : GrainService
        {
            builder.Services.AddSingleton(new GrainServiceRegistration(typeof(T)));
            return builder;
        }
    }
}
