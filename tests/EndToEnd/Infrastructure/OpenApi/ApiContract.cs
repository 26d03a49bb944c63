using System.Net.Http.Headers;
using System.Text;

namespace Ingestion.Tests.EndToEnd.Infrastructure.OpenApi;

/// <summary>
/// The document of the API as a judge of answers. It is the golden file, which a test of its own holds against what a silo serves: so no silo
/// has to make its document for every other test.
/// </summary>
internal sealed class ApiContract
{
    private static readonly string[] _methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    // A body may be a whole video.
    private const int MostShown = 1000;

    // Beneath these every address is in the document.
    private static readonly string[] _roots = ["/api", "/ws", "/health"];

    private readonly JsonElement _document;
    private readonly SchemaValidator _schemas;
    private readonly PathTemplate[] _paths;

    private ApiContract(JsonElement document)
    {
        _document = document;
        _schemas = new SchemaValidator(document);
        _paths = [.. document.GetProperty("paths").EnumerateObject().Select(path => new PathTemplate(path.Name, path.Value))];
    }

    public static ApiContract Golden { get; } =
        new(JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "OpenApi/Golden/v1.json"))));

    /// <summary>Fails when the document does not know such an answer to such a request.</summary>
    public void Judge(string method, string target, IEnumerable<(string Name, string Value)> headers, Answer answer)
    {
        // A preflight is answered before routing, by the origins in the settings.
        if (method == "OPTIONS" && headers.Any(header => header.Name == "Access-Control-Request-Method"))
            return;
        // Its message is put together only where it is shown: a body may be a whole video.
        if (Compare(MethodOf(method, headers), target.Split('?')[0], answer) is { } wrong)
            Assert.Fail(
                $"The API document does not know this answer to {method} {target}: {wrong}\n{answer.Status} {answer.Header("Content-Type")}\n{Start(answer)}");
    }

    private string? Compare(string method, string path, Answer answer)
    {
        var templates = _paths.Where(template => template.Matches(path)).OrderBy(template => template.Parameters).ToArray();
        // A proxy answers so when no silo does.
        if (answer.Status is 502 or 503 or 504 && answer.Header("Content-Type") is "text/html")
            return null;
        // A silo without the role api has none of these addresses, and not even problems.
        if (answer.Status is 404 && answer.Header("Content-Type") is null)
            return null;
        if (!_methods.Contains(method))
            return answer.Status is 400 or 405 ? null : "there is no such method";
        if (templates is [])
            return answer.Status is 404 or 405 || !_roots.Any(root => path.StartsWith(root, StringComparison.Ordinal)) ? null : "there is no such address";
        // Where the document has no HEAD it is that of GET. OPTIONS shows the methods.
        if ((Find(method) ?? (method == "HEAD" ? Find("GET") : null)) is not { } operation)
            return answer.Status is 405 || (answer.Status is 204 && method == "OPTIONS") ? null : "there is no such method";
        if (!operation.GetProperty("responses").TryGetProperty($"{answer.Status}", out var response))
            return "there is no such status";
        return method == "HEAD" || answer.Status is 204 or 304 ? EmptyIs(answer) : BodyOf(method, Resolve(response), answer);

        JsonElement? Find(string wanted) => templates.Select(template => template.Find(wanted)).FirstOrDefault(found => found is not null);
    }

    private string? BodyOf(string method, JsonElement response, Answer answer)
    {
        var types = response.TryGetProperty("content", out var content) ? content : default;
        if (answer.Body is [])
            return method == "GET" && IsJson(types) ? "there is no body" : null;
        if (types.ValueKind is not JsonValueKind.Object)
            return "there is a body";
        if (!MediaTypeHeaderValue.TryParse(answer.Header("Content-Type"), out var type))
            return "it has no media type";
        if (!TryFind(types, type.MediaType!, out var found))
            return "there is no such media type";
        return type.MediaType!.EndsWith("json", StringComparison.Ordinal) ? _schemas.Validate(answer.Json, found.GetProperty("schema")) : null;
    }

    /// <summary>A file may be empty, and so may an answer to another method than GET.</summary>
    private static bool IsJson(JsonElement types) =>
        types.ValueKind is JsonValueKind.Object && types.EnumerateObject().All(type => type.Name.EndsWith("json", StringComparison.Ordinal));

    private static bool TryFind(JsonElement types, string type, out JsonElement found) =>
        types.TryGetProperty(type, out found) || types.TryGetProperty(type.Split('/')[0] + "/*", out found);

    private JsonElement Resolve(JsonElement element) =>
        element.TryGetProperty("$ref", out var reference) ? SchemaValidator.Follow(_document, reference.GetString()!) : element;

    /// <summary>An overridden method is judged as what it means.</summary>
    private static string MethodOf(string method, IEnumerable<(string Name, string Value)> headers) =>
        headers.FirstOrDefault(header => header.Name.Equals("X-HTTP-Method-Override", StringComparison.OrdinalIgnoreCase)).Value is { Length: > 0 } meant
            ? meant.ToUpperInvariant()
            : method;

    private static string Start(Answer answer) => Encoding.UTF8.GetString(answer.Body.AsSpan(0, Math.Min(answer.Body.Length, MostShown)));

    private static string? EmptyIs(Answer answer) => answer.Body is [] ? null : "there is a body";
}
