using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Ingestion.Api.OpenApi;

/// <summary>What stands in the document once: its title, how a caller shows who it is, and the tags.</summary>
internal sealed class WholeDocument : IOpenApiDocumentTransformer
{
    public const string Bearer = "bearer";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Ingestion",
            // Of the API: a build has no say in what a client is generated from.
            Version = ApiDocument.Name,
            Description = "Uploads videos and publishes their status live. Ids are those of an upload, its task and its video alike. Refusals are problem+json with a stable code.",
        };
        // Where the document came from is where the API is.
        document.Servers = null;
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "A JWT in Authorization: Bearer. An operation names the scopes of which the token needs one.",
            },
        };
        ProblemAnswers.AddComponents(document);
        document.Tags = new HashSet<OpenApiTag>(Tags.All.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }));
        return Task.CompletedTask;
    }
}

/// <summary>The parts of the API.</summary>
internal static class Tags
{
    public const string Uploads = "Uploads";
    public const string Direct = "Direct uploads";
    public const string Videos = "Videos";
    public const string Status = "Status";
    public const string Webhooks = "Webhooks";
    public const string Admin = "Admin";
    public const string Health = "Health";

    public static readonly IReadOnlyList<(string Name, string Description)> All =
    [
        (Uploads, "A video by one form, or resumable by tus 1.0.0 or by the draft of the IETF."),
        (Direct, "A video in parts that the client sends to the object store itself."),
        (Videos, "Records, sources and posters of the caller's videos."),
        (Status, "What happens to the caller's videos: WebSocket, Server-Sent Events and long poll, all with one cursor."),
        (Webhooks, "What happens to the caller's videos, sent to an address of the caller."),
        (Admin, "For operators."),
        (Health, "For load balancers and scripts."),
    ];
}
