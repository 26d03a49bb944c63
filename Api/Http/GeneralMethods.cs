using Ingestion.Api.Problems;

namespace Ingestion.Api.Http;

/// <summary>
/// HEAD and OPTIONS where no endpoint handles them itself (RFC 9110, section 9): HEAD is GET without the body, OPTIONS names the methods.
/// </summary>
internal static class GeneralMethods
{
    private static readonly object _withoutHead = new NoHead();

    /// <summary>HEAD is refused: its GET waits, or uses something up.</summary>
    public static T WithoutHead<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(_withoutHead);

    /// <summary>In place of routing alone.</summary>
    public static void UseRoutingOfGeneralMethods(this IApplicationBuilder app)
    {
        app.UseRouting();
        app.Use((context, next) =>
        {
            if (HttpMethods.IsOptions(context.Request.Method) && context.GetEndpoint() is { } none and not RouteEndpoint)
                return ListAsync(context, none);
            if (HttpMethods.IsHead(context.Request.Method) && context.GetEndpoint() is not (null or RouteEndpoint))
                BecomeGet(context);
            return next(context);
        });
        // Of the requests that have become a GET; the others have their endpoint.
        app.UseRouting();
        app.Use((context, next) => context.Features.Get<HeadRequest>() is null ? next(context) : HeadAsync(context, next));
    }

    /// <summary>The endpoint that the framework has for methods that an address does not have: it knows those that it has.</summary>
    private static async Task ListAsync(HttpContext context, Endpoint none)
    {
        await none.RequestDelegate!(context);
        if (context.Response.StatusCode is StatusCodes.Status405MethodNotAllowed && !context.Response.HasStarted)
            context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>The server itself sends no body, as it goes by the method of the request line.</summary>
    private static void BecomeGet(HttpContext context)
    {
        context.SetEndpoint(null);
        context.Request.RouteValues.Clear();
        context.Request.Method = HttpMethods.Get;
        context.Features.Set(new HeadRequest());
    }

    private static async Task HeadAsync(HttpContext context, RequestDelegate next)
    {
        var endpoint = context.GetEndpoint() as RouteEndpoint;
        try
        {
            // Without a GET either: the framework's own refusal.
            if (endpoint is null || endpoint.Metadata.GetMetadata<NoHead>() is null)
            {
                await next(context);
                return;
            }

            context.Response.Headers.Allow = HttpMethods.Get;
            await Problem.MethodNotAllowed.ToResult().ExecuteAsync(context);
        }
        finally
        {
            // For logs and metrics.
            context.Request.Method = HttpMethods.Head;
        }
    }

    private sealed class NoHead;

    private sealed class HeadRequest;
}
