using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization;
using Ingestion.Api.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Problems;

/// <summary>What the <c>type</c> of a problem points to: one address for each code, from the one table of codes.</summary>
internal static class ProblemCatalogue
{
    /// <summary>Where they are.</summary>
    public const string Root = "/problems";

    private static readonly Lazy<FrozenDictionary<string, Problem>> _all = new(() => typeof(Problem)
        .GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<Problem>()
        .ToFrozenDictionary(problem => problem.Code));

    public static void MapProblemTypes(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Root, List).AllowAnonymous().WithTags(Tags.Problems).Operation("listProblemTypes", "All codes of refusals.");
        routes.MapGet(Root + "/{code}", Get).AllowAnonymous().WithTags(Tags.Problems)
            .Operation("getProblemType", "What a code of a refusal means; the type of each problem is such an address.")
            .Refuses(Problem.NotFound)
            .WithParameters(new Parameter("path", "code", "The code.") { Pattern = "^[a-z_]{1,64}$" });
    }

    private static Ok<ProblemTypesJson> List() =>
        TypedResults.Ok(new ProblemTypesJson([.. _all.Value.Values.OrderBy(problem => problem.Code, StringComparer.Ordinal).Select(ProblemTypeJson.Of)]));

    private static Results<Ok<ProblemTypeJson>, ProblemResult> Get(string code) =>
        _all.Value.TryGetValue(code, out var problem) ? TypedResults.Ok(ProblemTypeJson.Of(problem)) : Problem.NotFound.ToResult();
}

/// <summary>All codes.</summary>
/// <param name="Items">By code.</param>
internal sealed record ProblemTypesJson(IReadOnlyList<ProblemTypeJson> Items);

/// <summary>What a code means.</summary>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Status">The status that it comes with.</param>
/// <param name="Title">One sentence for people.</param>
/// <param name="Retry">Whether the same request may succeed later: the refusal is about load, trouble or time and not about the request.</param>
internal sealed record ProblemTypeJson(string Code, int Status, string Title, bool Retry)
{
    public static ProblemTypeJson Of(Problem problem) =>
        new(problem.Code, problem.Status, problem.Title, problem.Status is StatusCodes.Status408RequestTimeout or 429 or 503 or 507);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ProblemTypeJson))]
[JsonSerializable(typeof(ProblemTypesJson))]
internal sealed partial class ProblemTypeContext : JsonSerializerContext;
