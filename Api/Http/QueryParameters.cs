using System.Text.Json;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;

namespace Ingestion.Api.Http;

/// <summary>On an endpoint: query parameters that it does not know are passed over, as others may add theirs to its address.</summary>
internal sealed record AnyQuery;

/// <summary>
/// Query parameters are those that the description of an operation names (<see cref="Describe.WithParameters"/>), each once: another one is a mistake that its
/// client would notice by a wrong answer only.
/// </summary>
internal static class QueryParameters
{
    /// <summary>For streams, tickets, signed addresses and addresses of bytes.</summary>
    public static T TakesAnyQuery<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new AnyQuery());

    /// <summary>Behind authorisation: a stranger does not get to know the parameters.</summary>
    public static void UseQueryParameters(this IApplicationBuilder app) => app.Use((context, next) =>
        context.Request.QueryString.HasValue && Check(context) is { } refusal ? refusal.ExecuteAsync(context) : next(context));

    /// <summary>Whether an operation refuses what it does not know.</summary>
    public static bool AreChecked(string path, IEnumerable<object> metadata) =>
        path.TrimStart('/').StartsWith("api/", StringComparison.Ordinal) && !metadata.OfType<AnyQuery>().Any();

    private static ProblemResult? Check(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint || !AreChecked(endpoint.RoutePattern.RawText ?? "", endpoint.Metadata))
            return null;
        string[] known = [.. endpoint.Metadata.GetOrderedMetadata<Parameter>().Where(parameter => parameter.In == "query").Select(parameter => parameter.Name)];
        foreach (var (name, values) in context.Request.Query)
        {
            // Names are bound without regard to case.
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
                return Refuse(Problem.QueryParameterUnknown, name, known, known is [] ? "there are none" : "there are " + string.Join(", ", known));
            if (values.Count > 1)
                return Refuse(Problem.QueryParameterRepeated, known.First(other => other.Equals(name, StringComparison.OrdinalIgnoreCase)), known, "once only");
        }

        return null;
    }

    private static ProblemResult Refuse(Problem problem, string name, string[] known, string why)
    {
        var members = new Dictionary<string, JsonElement>
        {
            ["parameter"] = JsonSerializer.SerializeToElement(name, ProblemJson.Default.String),
            ["allowed"] = JsonSerializer.SerializeToElement(known, ProblemJson.Default.StringArray),
        };
        return (problem with { Members = members }).ToResult($"{name}: {why}.");
    }
}
