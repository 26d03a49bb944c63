using System.Globalization;
using System.Text.Json.Nodes;
using Ingestion.Api.Problems;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace Ingestion.Api.OpenApi;

/// <summary>Turns problems into answers: one a status, whose <c>code</c> is one of exactly these.</summary>
internal static class ProblemAnswers
{
    private const string Schema = "Problem";
    private const string MediaType = "application/problem+json";

    public static void Apply(OpenApiOperation operation, OpenApiDocument document, IEnumerable<Problem> problems, bool isHead)
    {
        foreach (var (status, refusals) in ByStatus(problems))
        {
            var key = KeyOf(status);
            var isKnown = operation.Responses!.TryGetValue(key, out var answer);
            if (!isKnown && IsCommon(status, refusals))
            {
                operation.Responses[key] = new OpenApiResponseReference(NameOf(status), document);
                continue;
            }

            var problem = answer as OpenApiResponse ?? new OpenApiResponse();
            operation.Responses[key] = problem;
            Describe(problem, document, status, refusals, hasBody: !isHead);
        }

        Sort(operation);
    }

    /// <summary>What operations refer to: the shape of every problem, and the answers that most of them share.</summary>
    public static void AddComponents(OpenApiDocument document)
    {
        document.AddComponent(Schema, Base());
        foreach (var (status, refusals) in ByStatus(CommonProblems.All))
        {
            var answer = new OpenApiResponse();
            Describe(answer, document, status, refusals, hasBody: true);
            document.AddComponent(NameOf(status), answer);
        }
    }

    private static IEnumerable<(int Status, Problem[] Problems)> ByStatus(IEnumerable<Problem> problems) => problems
        .DistinctBy(problem => problem.Code)
        .GroupBy(problem => problem.Status)
        .OrderBy(status => status.Key)
        .Select(status => (status.Key, status.OrderBy(problem => problem.Code, StringComparer.Ordinal).ToArray()));

    private static bool IsCommon(int status, Problem[] problems) =>
        CommonProblems.All.Where(problem => problem.Status == status).Select(problem => problem.Code).ToHashSet()
            .SetEquals(problems.Select(problem => problem.Code));

    private static string NameOf(int status) => ReasonPhrases.GetReasonPhrase(status).Replace(" ", "", StringComparison.Ordinal);

    private static void Describe(OpenApiResponse answer, OpenApiDocument document, int status, Problem[] problems, bool hasBody)
    {
        var described = string.Join('\n', problems.Select(problem => $"- `{problem.Code}`: {problem.Title}"));
        answer.Description = answer.Description is { Length: > 0 } other ? $"{other}\n{described}" : described;
        if (hasBody)
            (answer.Content ??= new Dictionary<string, OpenApiMediaType>())[MediaType] = new OpenApiMediaType { Schema = Of(document, problems) };
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            OperationAnswers.AddField(answer, "Retry-After", "Whole seconds after which a retry makes sense.");
        if (status is StatusCodes.Status429TooManyRequests)
        {
            OperationAnswers.AddField(answer, "RateLimit-Policy", "Where a rate was exceeded: the rates of this request, each with its quota q in w seconds.");
            OperationAnswers.AddField(answer, "RateLimit",
                "Where a rate was exceeded: what is left of each rate (r), and in how many seconds there is more (t).");
        }

        if (status is StatusCodes.Status401Unauthorized)
            OperationAnswers.AddField(answer, "WWW-Authenticate", "Bearer, with the error of RFC 6750.");
    }

    private static OpenApiSchema Base() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "RFC 9457. Programs look at code only: it never changes.",
        Required = new HashSet<string> { "type", "title", "status", "code" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = Text("An address of this service that explains the code, or the registered type of a protocol."),
            ["title"] = Text("One sentence for people."),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" },
            ["detail"] = Text("What exactly, where that can be said."),
            ["code"] = Text("Stable, for programs."),
            ["instance"] = Text("The path that was requested."),
            ["request_id"] = Text("The id of the request, as in X-Request-Id."),
            ["member"] = Text("Of a JSON body: the member that is refused, as a path."),
            ["parameter"] = Text("Of a query: the parameter that is refused."),
            ["allowed"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = new OpenApiSchema { Type = JsonSchemaType.String },
                Description = "What there may be in its place.",
            },
        },
    };

    private static OpenApiSchema Of(OpenApiDocument document, Problem[] problems) => new()
    {
        AllOf =
        [
            new OpenApiSchemaReference(Schema, document),
            new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Properties = new Dictionary<string, IOpenApiSchema>
                {
                    ["code"] = new OpenApiSchema { Type = JsonSchemaType.String,
                        Enum = [.. problems.Select(problem => (JsonNode)JsonValue.Create(problem.Code)!)] },
                },
            },
        ],
    };

    /// <summary>By status, and never without a description.</summary>
    private static void Sort(OpenApiOperation operation)
    {
        var sorted = operation.Responses!.OrderBy(answer => answer.Key, StringComparer.Ordinal).ToArray();
        operation.Responses!.Clear();
        foreach (var (key, answer) in sorted)
        {
            if (answer is OpenApiResponse { Description: null })
                answer.Description = ReasonPhrases.GetReasonPhrase(int.Parse(key, CultureInfo.InvariantCulture));
            operation.Responses[key] = answer;
        }
    }

    private static string KeyOf(int status) => status.ToString(CultureInfo.InvariantCulture);

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
}
