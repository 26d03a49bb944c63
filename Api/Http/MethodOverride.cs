using Ingestion.Api.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace Ingestion.Api.Http;

/// <summary>
/// <c>X-HTTP-Method-Override</c> replaces the method of the request line: for networks and clients that let only some methods through.
/// </summary>
internal static class MethodOverride
{
    private const string Field = "X-HTTP-Method-Override";

    private static readonly string[] _methods =
        [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post, HttpMethods.Put, HttpMethods.Patch, HttpMethods.Delete, HttpMethods.Options];

    /// <summary>Before routing, which goes by the method.</summary>
    public static void UseMethodOverride(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (!context.Request.Headers.TryGetValue(Field, out var values))
            return next(context);
        if (values is not [{ } value] || Array.Find(_methods, method => method.Equals(value, StringComparison.OrdinalIgnoreCase)) is not { } method)
            return Problem.MethodOverrideInvalid.ToResult().ExecuteAsync(context);
        if (HttpMethods.IsHead(method) && !HttpMethods.IsHead(context.Request.Method))
            AnswerWithoutBody(context);
        context.Request.Method = method;
        return next(context);
    });

    /// <summary>
    /// The server frames the answer by the method of the request line, whose client reads as many bytes as Content-Length states: an overridden
    /// HEAD has the fields of one, no body, and the length 0.
    /// </summary>
    private static void AnswerWithoutBody(HttpContext context)
    {
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        context.Response.OnStarting(static state =>
        {
            ((HttpResponse)state).ContentLength = 0;
            return Task.CompletedTask;
        }, context.Response);
    }
}
