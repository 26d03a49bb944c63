using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Scalar.AspNetCore;

namespace Ingestion.Api.OpenApi;

/// <summary>The document of this API, and a page to read it.</summary>
internal static class OpenApiRegistration
{
    private static readonly string[] _methods = [HttpMethods.Get, HttpMethods.Head];

    public static IServiceCollection AddApiDocument(this IServiceCollection services)
    {
        services.AddOpenApi(ApiDocument.Name, document =>
        {
            document.CreateSchemaReferenceId = SchemaNames.Of;
            document.AddSchemaTransformer<WireSchemas>();
            document.AddOperationTransformer<Operations>();
            document.AddDocumentTransformer<WholeDocument>();
        });
        services.TryAddEnumerable(ServiceDescriptor.Transient<IApiDescriptionProvider, JsonContents>());
        return services.AddSingleton<ApiDocument>();
    }

    /// <summary>Without a token: a client is generated before there is one.</summary>
    public static void MapApiDocument(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods($"/openapi/{ApiDocument.Name}.json", _methods, (ApiDocument document, HttpContext context) => document.GetAsync(context)).AllowAnonymous().ExcludeFromDescription();
        // The page comes with its script; it loads no fonts and calls nobody else.
        routes.MapScalarApiReference("/docs/api", page =>
        {
            page.Title = "Ingestion API";
            page.DefaultFonts = false;
            page.Telemetry = false;
            page.OpenApiRoutePattern = "/openapi/{documentName}.json";
            page.AddDocument(ApiDocument.Name);
        }).AllowAnonymous();
    }
}
