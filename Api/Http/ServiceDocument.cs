using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.OpenApi;

namespace Ingestion.Api.Http;

/// <summary>Name, version and links of the service, for a browser that opens its address.</summary>
public static class ServiceDocument
{
    private static readonly string[] _methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Where things are, if this silo has them.</summary>
    private static readonly (string Name, string Path)[] _places =
    [
        ("videos", "/api/videos"), ("uploads", "/api/uploads"), ("events", "/api/events"), ("socket", "/ws"),
        ("live", "/health/live"), ("ready", "/health/ready"), ("health", "/health/details"), ("metrics", "/metrics"),
        ("openapi", $"/openapi/{ApiDocument.Name}.json"), ("docs", DocumentPage.Address + DocumentPage.Files),
    ];

    private static readonly string _version =
        typeof(ServiceDocument).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Maps <c>/</c>, in silos of every role.</summary>
    public static void MapServiceDocument(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/", _methods, (EndpointDataSource endpoints, HttpContext context) =>
            TypedResults.Json(Describe(endpoints, context.Request.PathBase), ServiceJsonContext.Default.ServiceJson)).AllowAnonymous()
            .WithTags(Tags.Health).Operation("getService", "The name and version of the service, and links to its addresses.").AnswersJson(StatusCodes.Status200OK, typeof(ServiceJson));

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
