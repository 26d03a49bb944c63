namespace Ingestion.Api.Reach;

/// <summary>What a silo knows of the others.</summary>
internal static class ReachRegistration
{
    public static IServiceCollection AddReach(this IServiceCollection services) =>
        services.AddSingleton<ReachMetrics>().AddSingleton<CallTimeouts>().AddSingleton<SiloReach>()
            .AddHostedService(provider => provider.GetRequiredService<SiloReach>());
}
