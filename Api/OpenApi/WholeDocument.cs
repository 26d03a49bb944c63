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
            // Of the API: a build does not change what clients are generated from.
            Version = ApiDocument.Name,
            Description = "Uploads videos and publishes their status live. An upload, its task and its video have one id. "
                + "Refusals are problem+json with a stable code.",
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
        ClosedBodies.Apply(document);
        document.Tags = new HashSet<OpenApiTag>(Tags.All.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }));
        return Task.CompletedTask;
    }
}
