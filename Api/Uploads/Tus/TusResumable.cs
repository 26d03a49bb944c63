using Ingestion.Api.Uploads.Resumable;

namespace Ingestion.Api.Uploads.Tus;

/// <summary>Names the protocol's version in every answer to a tus request, whatever code makes it: refused tokens and broken stores too.</summary>
internal static class TusResumable
{
    public static void UseTusResumable(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var request = context.Request;
        if (request.Headers.ContainsKey(TusHeaders.Resumable) && !HttpMethods.IsOptions(request.Method)
            && request.Path.StartsWithSegments(ResumableEndpoints.Root, StringComparison.Ordinal))
            context.Response.OnStarting(Name, context.Response);
        return next(context);
    });

    private static Task Name(object response)
    {
        ((HttpResponse)response).Headers[TusHeaders.Resumable] = TusHeaders.SpokenVersion;
        return Task.CompletedTask;
    }
}
