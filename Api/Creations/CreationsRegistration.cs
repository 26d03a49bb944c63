using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;

namespace Ingestion.Api.Creations;

/// <summary>Registers and describes creations with keys.</summary>
internal static class CreationsRegistration
{
    public static IServiceCollection AddCreationKeys(this IServiceCollection services) => services.AddSingleton<CreationKeys>();

    /// <summary>Shows in the API document that the endpoint takes a key.</summary>
    public static T TakesIdempotencyKey<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint
        .WithParameters(CreationKeys.Parameter)
        .Refuses(Problem.IdempotencyKeyInvalid, Problem.IdempotencyKeyReused, Problem.IdempotencyKeyRunning);
}
