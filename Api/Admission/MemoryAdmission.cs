using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Silos;

namespace Ingestion.Api.Admission;

/// <summary>
/// Refuses new work while this silo is short of memory, before anything of it takes memory: no grain is activated and no body is read. What has begun goes
/// on: uploads, sockets, and requests that only ask.
/// </summary>
internal static class MemoryAdmission
{
    // Not all at the same time, and another silo may be better off.
    private const double ShortestDelaySeconds = 5;
    private const double LongestDelaySeconds = 15;

    public static IServiceCollection AddMemoryAdmission(this IServiceCollection services) => services.AddSingleton<AdmissionMetrics>();

    /// <summary>The endpoint begins something that lasts.</summary>
    public static T IsNewWork<T>(this T endpoint, NewWork work)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new BeginsWork(work)).Refuses(Problem.MemoryShort);

    /// <summary>Behind authorisation, so that only callers with a right learn of it.</summary>
    public static void UseMemoryAdmission(this IApplicationBuilder app)
    {
        var pressure = app.ApplicationServices.GetRequiredService<IMemoryPressure>();
        var metrics = app.ApplicationServices.GetRequiredService<AdmissionMetrics>();
        app.Use((context, next) =>
        {
            if (pressure.Level < MemoryLevel.Critical || context.GetEndpoint()?.Metadata.GetMetadata<BeginsWork>() is not { } begins)
                return next(context);
            metrics.Refused(begins.Work);
            return (Problem.MemoryShort with { RetryAfter = Delay() }).ToResult().ExecuteAsync(context);
        });
    }

    private static TimeSpan Delay() =>
        TimeSpan.FromSeconds(ShortestDelaySeconds + (Random.Shared.NextDouble() * (LongestDelaySeconds - ShortestDelaySeconds)));

    private sealed record BeginsWork(NewWork Work);
}

/// <summary>What a request begins.</summary>
internal enum NewWork
{
    /// <summary>An upload, whatever the protocol.</summary>
    Upload,

    /// <summary>A WebSocket, an event stream or a poll.</summary>
    Subscriber,
}
