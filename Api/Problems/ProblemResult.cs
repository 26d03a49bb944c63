using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ingestion.Api.Problems;

/// <summary>Answers with RFC 9457 problem+json: <c>{type, title, status, detail?, code}</c>.</summary>
internal sealed class ProblemResult(Problem problem, string? detail = null) : IResult
{
    // People read these too: an apostrophe stays one.
    private static readonly ProblemJson _json = new(new JsonSerializerOptions(ProblemJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = problem.Status;
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        var body = new ProblemBody("about:blank", problem.Title, problem.Status, detail, problem.Code);
        return JsonSerializer.SerializeAsync(response.Body, body, _json.ProblemBody, httpContext.RequestAborted);
    }
}

internal sealed record ProblemBody(string Type, string Title, int Status, string? Detail, string Code);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemBody))]
internal sealed partial class ProblemJson : JsonSerializerContext;

/// <summary>Shorthand.</summary>
internal static class ProblemExtensions
{
    public static ProblemResult ToResult(this Problem problem, string? detail = null) => new(problem, detail);
}
