using Ingestion.Api.Auth;
using Ingestion.Api.Http;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Ingestion.Api.OpenApi;

/// <summary>Completes each operation with the description of its endpoint: see <see cref="Describe"/>.</summary>
internal sealed class Operations : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var (metadata, document) = (context.Description.ActionDescriptor.EndpointMetadata, context.Document!);
        var isHead = context.Description.HttpMethod == HttpMethods.Head;
        if (isHead && operation.OperationId is { } name)
            operation.OperationId = "head" + (name.StartsWith("get", StringComparison.Ordinal) ? name["get".Length..] : name);
        var path = context.Description.RelativePath ?? "";
        OperationParameters.Apply(operation, path, metadata.OfType<Parameter>());
        if (metadata.OfType<ByteContent>().LastOrDefault() is { } bytes)
            operation.RequestBody = OperationBodies.Of(bytes);
        var scopes = ScopesOf(metadata).ToArray();
        Secure(operation, document, scopes);
        // Without this the framework shows an answer that there is not.
        if (!metadata.OfType<IProducesResponseTypeMetadata>().Any())
            operation.Responses!.Clear();
        OperationAnswers.Apply(operation, metadata, isHead);
        var isOfApi = path.StartsWith("api/", StringComparison.Ordinal) || path == "ws";
        var refusals = metadata.OfType<Refusals>().SelectMany(refusals => refusals.Problems);
        var isSafe = isHead || context.Description.HttpMethod == HttpMethods.Get;
        var common = CommonProblems.Of(
            isOfApi, scopes.Length > 0, operation.RequestBody is not null, QueryParameters.AreChecked(path, metadata), isSafe);
        ProblemAnswers.Apply(operation, document, refusals.Concat(common), isHead);
        return Task.CompletedTask;
    }

    /// <summary>Any one of them is enough.</summary>
    private static IEnumerable<string> ScopesOf(IList<object> metadata)
    {
        // Of an endpoint that looks at the token itself.
        if (metadata.OfType<NeededScope>().LastOrDefault() is { } needed)
            return [needed.Scope];
        if (metadata.OfType<IAllowAnonymous>().Any())
            return [];
        var policies = metadata.OfType<IAuthorizeData>().Select(data => data.Policy).OfType<string>().Distinct();
        return policies.SelectMany(scope => scope is Scopes.Watch or Scopes.Sharing ? [Scopes.Read, Scopes.Share] : (string[])[scope]);
    }

    /// <summary>An empty list means that no token is needed.</summary>
    private static void Secure(OpenApiOperation operation, OpenApiDocument document, string[] scopes) =>
        operation.Security =
            [.. scopes.Select(scope => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(WholeDocument.Bearer, document)] = [scope] })];
}
