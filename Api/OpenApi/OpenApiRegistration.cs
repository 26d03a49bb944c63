namespace Ingestion.Api.OpenApi;

/// <summary>The document of this API, and a page to read it. Without a token: a client is generated before there is one.</summary>
internal static class OpenApiRegistration
{
    private static readonly string[] _methods = [HttpMethods.Get, HttpMethods.Head];

    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services
        .AddSingleton(silo => new ApiDocument(silo, services))
        .AddSingleton<DocumentPage>();

    public static void MapApiDocument(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods($"/openapi/{ApiDocument.Name}.json", _methods, (ApiDocument document, HttpContext context) => document.GetAsync(context))
            .AllowAnonymous()
            .ExcludeFromDescription();
        routes.MapMethods(DocumentPage.Address + DocumentPage.Files, _methods, (DocumentPage page, HttpContext context) => page.ServeAsync(context))
            .AllowAnonymous()
            .ExcludeFromDescription();
    }
}
