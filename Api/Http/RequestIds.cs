using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Ingestion.Api.Http;

/// <summary>
/// Each request has an id: the client's <c>X-Request-Id</c> where it is harmless, else the id of the trace. It is in the answer, in a problem, and with the
/// log lines of the request, whose scope shows it as RequestId.
/// </summary>
internal static partial class RequestIds
{
    /// <summary>The field.</summary>
    public const string Field = "X-Request-Id";

    /// <summary>Before everything that may log or answer.</summary>
    public static void UseRequestIds(this IApplicationBuilder app) => app.Use((context, following) =>
    {
        var given = context.Request.Headers[Field];
        if (given is [{ } id] && Harmless().IsMatch(id))
            context.TraceIdentifier = id;
        else if (Activity.Current is { } trace)
            context.TraceIdentifier = trace.TraceId.ToHexString();
        // At the last moment: an exception takes with it what was set before.
        context.Response.OnStarting(static state =>
        {
            var request = (HttpContext)state;
            request.Response.Headers[Field] = request.TraceIdentifier;
            return Task.CompletedTask;
        }, context);
        return following(context);
    });

    // Nothing that a log, a header or a page could take for something else.
    [GeneratedRegex(@"^[A-Za-z0-9._\-]{1,128}\z")]
    private static partial Regex Harmless();
}
