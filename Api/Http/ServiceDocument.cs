using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Console;
using Ingestion.Api.Dashboard;
using Ingestion.Api.OpenApi;

namespace Ingestion.Api.Http;

/// <summary>What is at <c>/</c>: the console for a browser, and name, version and links of the service for everything else.</summary>
public static class ServiceDocument
{
    private static readonly string[] _methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Where things are, if this silo has them.</summary>
    private static readonly (string Name, string Path)[] _places =
    [
        ("videos", "/api/videos"), ("uploads", "/api/uploads"), ("events", "/api/events"), ("socket", "/ws"),
        ("live", "/health/live"), ("ready", "/health/ready"), ("health", "/health/details"), ("metrics", "/metrics"),
        ("dashboard", DashboardGuard.Path), ("openapi", $"/openapi/{ApiDocument.Name}.json"), ("docs", DocumentPage.Address + DocumentPage.Files),
    ];

    private static readonly string _version =
        typeof(ServiceDocument).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Maps <c>/</c>, in silos of every role.</summary>
    public static void MapServiceDocument(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/", _methods, Answer).AllowAnonymous()
            .WithTags(Tags.Health)
            .Operation("getService", "The name and version of the service, and links to its addresses; the console where HTML is accepted.")
            .AnswersJson(StatusCodes.Status200OK, typeof(ServiceJson))
            .Answers(StatusCodes.Status200OK, "JSON, or the page of the console.", "text/html")
            .Answers(StatusCodes.Status304NotModified, "The page has not changed.");

    /// <summary>A silo without the role <c>api</c> has no console.</summary>
    private static IResult Answer(EndpointDataSource endpoints, HttpContext context)
    {
        context.Response.Headers.Append("Vary", "Accept");
        return context.RequestServices.GetService<ConsoleFiles>() is { } console && AcceptsHtml(context.Request)
            ? console.Serve(context, ConsoleFiles.Page)
            : TypedResults.Json(Describe(endpoints, context.Request.PathBase), ServiceJsonContext.Default.ServiceJson);
    }

    private static bool AcceptsHtml(HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase) && type.Quality is not 0);

    private static ServiceJson Describe(EndpointDataSource endpoints, string root)
    {
        var mapped = endpoints.Endpoints.OfType<RouteEndpoint>().Select(endpoint => "/" + endpoint.RoutePattern.RawText?.Trim('/')).ToHashSet();
        var links = _places.Where(place => mapped.Contains(place.Path))
            .ToDictionary(place => place.Name, place => root + place.Path.Replace(DocumentPage.Files, "", StringComparison.Ordinal));
        return new ServiceJson("Ingestion", _version, "Uploads videos and publishes their status live. Everything below /api needs a bearer token.", links);
    }
}

/// <summary>The document at <c>/</c>.</summary>
internal sealed record ServiceJson(string Name, string Version, string Description, IReadOnlyDictionary<string, string> Links);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ServiceJson))]
internal sealed partial class ServiceJsonContext : JsonSerializerContext;
