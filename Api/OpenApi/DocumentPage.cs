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

    public Task ServeAsync(HttpContext context)
    {
        // The page has a routing of its own.
        context.SetEndpoint(null);
        context.Request.RouteValues.Clear();
        return _page.Value(context);
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
