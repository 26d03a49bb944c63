using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;

namespace Ingestion.Api.RateLimits;

/// <summary>When a request counts.</summary>
internal enum RateWhen
{
    /// <summary>As it comes.</summary>
    Always,

    /// <summary>When it is answered with 404.</summary>
    NotFound,

    /// <summary>When it is refused, whatever the reason.</summary>
    Refused,
}

/// <summary>A rate of an endpoint.</summary>
internal sealed record EndpointRate(RateKind Kind, RateWhen When);

/// <summary>Rates as a property of endpoints: stated where they are mapped, kept here for all of them.</summary>
internal static class EndpointRates
{
    public static IServiceCollection AddRateLimits(this IServiceCollection services)
    {
        services.AddOptions<RateLimitOptions>().BindConfiguration("Ingestion:RateLimits").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RateLimitMetrics>();
        services.AddSingleton<HeldPolls>();
        services.AddSingleton<RefusalPause>();
        return services.AddSingleton<CallerRates>();
    }

    /// <summary>Each request counts.</summary>
    public static T LimitedBy<T>(this T endpoint, RateKind kind, RateWhen when = RateWhen.Always)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new EndpointRate(kind, when)).Refuses(Problem.RateLimited);

    /// <summary>An id is easily made up: ids that do not exist count.</summary>
    public static T LimitsUnknownIds<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint.LimitedBy(RateKind.UnknownId, RateWhen.NotFound);

    /// <summary>Behind authorisation: the rates are those of a user that is known.</summary>
    public static void UseRateLimits(this IApplicationBuilder app) => app.Use((context, next) =>
        context.GetEndpoint()?.Metadata.GetOrderedMetadata<EndpointRate>() is { Count: > 0 } rates
            ? RunAsync(context, next, rates, context.RequestServices.GetRequiredService<CallerRates>())
            : next(context));

    private static async Task RunAsync(HttpContext context, RequestDelegate next, IReadOnlyList<EndpointRate> rates, CallerRates limits)
    {
        foreach (var rate in rates)
        {
            var busy = rate.When is RateWhen.Always ? limits.Take(context, rate.Kind) : limits.Check(context, rate.Kind);
            if (busy is null)
                continue;
            await busy.ToResult().ExecuteAsync(context);
            return;
        }

        await next(context);
        foreach (var rate in rates)
        {
            if (IsHit(rate.When, context.Response.StatusCode))
                await limits.ChargeAsync(context, rate.Kind);
        }
    }

    private static bool IsHit(RateWhen when, int status) => when switch
    {
        RateWhen.NotFound => status is StatusCodes.Status404NotFound,
        RateWhen.Refused => status is >= StatusCodes.Status400BadRequest and < StatusCodes.Status500InternalServerError,
        _ => false,
    };
}
