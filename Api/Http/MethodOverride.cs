using Ingestion.Api.Problems;

namespace Ingestion.Api.Http;

/// <summary>
/// <c>X-HTTP-Method-Override</c> is the method, whatever the request line says: for networks and clients that let only some methods through.
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
        context.Request.Method = method;
        return next(context);
    });
}
