using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Http;
using Ingestion.Api.RateLimits;

namespace Ingestion.Api.Problems;

/// <summary>
/// Answers with RFC 9457 problem+json: <c>{type, title, status, detail?, code, instance, request_id}</c>, and what a protocol's own problem type adds.
/// </summary>
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
        var body = new ProblemBody(type?.Uri ?? $"{RootOf(httpContext)}{ProblemCatalogue.Root}/{problem.Code}", problem.Title, problem.Status,
            detail ?? problem.Detail, problem.Code, httpContext.Request.Path, httpContext.TraceIdentifier)
        {
            Members = type?.Members ?? problem.Members,
        };
        await JsonSerializer.SerializeAsync(response.Body, body, _json.ProblemBody, httpContext.RequestAborted);
    }

    // What refuses a host answers before anything is known of the public address.
    private static string RootOf(HttpContext context) => context.RequestServices?.GetService<IOptions<HttpOptions>>() is null ? "" : context.LinkRoot();
}

/// <summary>A registered problem type, where a protocol has one for the same problem as our code.</summary>
/// <param name="Uri">Its name.</param>
/// <param name="Members">What it adds to the body.</param>
internal sealed record ProblemType(string Uri, Dictionary<string, JsonElement>? Members = null);

/// <summary>The body.</summary>
/// <param name="Type">An address that explains the code, or the registered type of a protocol.</param>
/// <param name="Title">One sentence for people.</param>
/// <param name="Status">The status of the answer.</param>
/// <param name="Detail">What exactly, where that can be said.</param>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Instance">The address that refused, without its query: that may hold a key.</param>
/// <param name="RequestId">Of the request, as in <c>X-Request-Id</c>.</param>
internal sealed record ProblemBody(
    string Type, string Title, int Status, string? Detail, string Code, string? Instance, [property: JsonPropertyName("request_id")] string? RequestId)
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
