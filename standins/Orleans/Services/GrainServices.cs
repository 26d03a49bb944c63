using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Services;

namespace Orleans.Runtime;

/// <summary>The grain service interface of a class: the most derived one.</summary>
internal static class GrainServiceTypes
{
    public static Type InterfaceOf(Type serviceType)
    {
        var interfaces = serviceType.GetInterfaces().Where(i => i != typeof(IGrainService) && typeof(IGrainService).IsAssignableFrom(i)).ToList();
        return interfaces.Find(i => !interfaces.Exists(other => other != i && i.IsAssignableFrom(other)))
            ?? throw new InvalidOperationException($"{serviceType} implements no interface derived from {nameof(IGrainService)}.");
    }
}

/// <summary>Makes a silo's grain services, starts them before the silo becomes active and stops them after.</summary>
internal sealed class GrainServices(Silo silo, IServiceProvider services, IEnumerable<GrainServiceRegistration> registrations)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private readonly List<GrainService> _started = [];

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe(nameof(GrainServices), ServiceLifecycleStage.RuntimeGrainServices, Init, Stop);
        lifecycle.Subscribe(nameof(GrainServices), ServiceLifecycleStage.BecomeActive - 1, Start);
    }

    private async Task Init(CancellationToken cancellationToken)
    {
        foreach (var type in registrations.Select(registration => registration.ServiceType).Distinct())
        {
            var id = WellKnownGrainTypes.GrainService(GrainServiceTypes.InterfaceOf(type), silo.SiloAddress);
            var service = (GrainService)ActivatorUtilities.CreateInstance(services, type, id, silo, services.GetRequiredService<ILoggerFactory>());
            silo.Client.Cluster.SystemTargets[id] = service;
            _started.Add(service);
            await RunInTurn(service, () => service.Init(services));
        }
    }

    private async Task Start(CancellationToken cancellationToken)
    {
        foreach (var service in _started)
            await RunInTurn(service, service.Start);
    }

    private async Task Stop(CancellationToken cancellationToken)
    {
        foreach (var service in _started)
            await RunInTurn(service, service.Stop).WaitAsync(cancellationToken);
    }

    private static Task RunInTurn(GrainService service, Func<Task> action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.None, service.TaskScheduler).Unwrap();
}

internal sealed record GrainServiceRegistration(Type ServiceType);
