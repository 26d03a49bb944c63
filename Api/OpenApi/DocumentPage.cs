using Scalar.AspNetCore;

namespace Ingestion.Api.OpenApi;

/// <summary>
/// A page to read the document and try the API. It comes with its script, loads no fonts and calls no other host. Like the document it is loaded
/// at its first request.
/// </summary>
internal sealed class DocumentPage(IServiceProvider services)
{
    public const string Address = "/docs/api";

    /// <summary>The page and its files, as a route.</summary>
    public const string Files = "/{**file}";

    private readonly Lazy<RequestDelegate> _page = new(() => Build(services));

    public async Task ServeAsync(HttpContext context)
    {
        // The page has a routing of its own, which knows no HEAD.
        context.SetEndpoint(null);
        context.Request.RouteValues.Clear();
        var method = context.Request.Method;
        try
        {
            if (HttpMethods.IsHead(method))
                context.Request.Method = HttpMethods.Get;
            await _page.Value(context);
        }
        finally
        {
            context.Request.Method = method;
        }
    }

    private static RequestDelegate Build(IServiceProvider services)
    {
        var app = new ApplicationBuilder(services);
        app.UseRouting();
        app.UseEndpoints(static routes => routes.MapScalarApiReference(Address, page =>
        {
            page.Title = "Ingestion API";
            page.DefaultFonts = false;
            page.Telemetry = false;
            page.OpenApiRoutePattern = "/openapi/{documentName}.json";
            page.AddDocument(ApiDocument.Name);
        }));
        return app.Build();
    }
}
