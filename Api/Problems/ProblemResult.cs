using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.RateLimits;

namespace Ingestion.Api.Problems;

/// <summary>Answers with RFC 9457 problem+json: <c>{type, title, status, detail?, code}</c>, and what a protocol's own problem type adds.</summary>
internal sealed class ProblemResult(Problem problem, string? detail = null, ProblemType? type = null) : IResult
{
    // People read these too: an apostrophe stays one.
    private static readonly ProblemJson _json = new(
        new JsonSerializerOptions(ProblemJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (problem.Status is StatusCodes.Status429TooManyRequests)
            await httpContext.RequestServices.GetRequiredService<RefusalPause>().WaitAsync(RefusalPause.Time, httpContext.RequestAborted);
        if (httpContext.Features.Get<IProblemAnswer>() is { } other && await other.TryAnswerAsync(httpContext, problem))
            return;
        var response = httpContext.Response;
        response.StatusCode = problem.Status;
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        // Whole seconds, rounded up: a client that retries a moment too early would only be refused again.
        if (problem.RetryAfter is { } delay)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(delay.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        // What is left of a body that never comes is not waited for.
        if (problem.Status is StatusCodes.Status408RequestTimeout && HttpProtocol.IsHttp11(httpContext.Request.Protocol))
            response.Headers.Connection = "close";
        var body = new ProblemBody(type?.Uri ?? "about:blank", problem.Title, problem.Status, detail ?? problem.Detail, problem.Code)
        {
            Members = type?.Members ?? problem.Members,
        };
        await JsonSerializer.SerializeAsync(response.Body, body, _json.ProblemBody, httpContext.RequestAborted);
    }
}

/// <summary>A registered problem type, where a protocol has one for the same problem as our code.</summary>
/// <param name="Uri">Its name.</param>
/// <param name="Members">What it adds to the body.</param>
internal sealed record ProblemType(string Uri, Dictionary<string, JsonElement>? Members = null);

internal sealed record ProblemBody(string Type, string Title, int Status, string? Detail, string Code)
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Members { get; set; }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class ProblemJson : JsonSerializerContext;

/// <summary>Shorthand.</summary>
internal static class ProblemExtensions
{
    public static ProblemResult ToResult(this Problem problem, string? detail = null, ProblemType? type = null) => new(problem, detail, type);
}
