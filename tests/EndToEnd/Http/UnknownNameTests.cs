using System.Text;
using Ingestion.Tests.EndToEnd.Webhooks;

namespace Ingestion.Tests.EndToEnd.Http;

/// <summary>
/// Members of JSON bodies and query parameters that an operation does not know: refused by name, in each operation of the document, so that a new one
/// can't be without.
/// </summary>
[Collection(DefaultSilo.Name)]
public sealed class UnknownNameTests(DefaultSilo shared) : IAsyncLifetime
{
    private const string UnknownId = "0190163d8694739b8ec16fb0de1b5fb5";
    private const string Name = "no_such_name";

    // Bytes, streams, sockets, signed addresses, probes: others may add parameters to their addresses.
    private static readonly string[] _takesAny =
    [
        "openSocket", "streamEvents", "createEventTicket", "putDirectPart", "uploadVideo", "createUpload", "getUpload", "headUpload", "appendToUpload",
        "cancelUpload", "getUploadProtocols", "getUploadProtocolsOfOne", "getVideoSource", "headVideoSource", "getVideoPoster", "headVideoPoster",
    ];

    private readonly string _user = SiloFixture.NewUser();
    private string _upload = "";
    private string _video = "";

    public async Task InitializeAsync()
    {
        using var api = All();
        _upload = (await api.PostJsonAsync("/api/uploads/direct", """{"size":5,"name":"clip.mp4"}""")).Is(201).Json.GetProperty("id").GetString()!;
        _video = await api.UploadAsync(Samples.Mp4);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task MemberIsNamed_WhenAnOperationDoesNotKnowIt()
    {
        using var api = All();
        var operations = (await OperationsAsync()).Where(operation => operation.TakesJson).ToArray();
        Assert.True(operations.Length >= 12, "The document has operations with a body of JSON.");
        foreach (var operation in operations)
        {
            var answer = await SendAsync(api, operation, operation.Path, $$"""{"{{Name}}":1}""");
            Assert.True(answer.Status == 400, $"{operation.Id}: {answer.Status} {answer.Text}");
            answer.IsProblem(400, "json_member_unknown");
            Assert.Equal($"$.{Name}", answer.Json.GetProperty("member").GetString());
            Assert.Contains(Name, answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ParameterIsNamed_WhenAnOperationDoesNotKnowIt()
    {
        using var api = All();
        var operations = (await OperationsAsync()).Where(operation => operation.Path.StartsWith("/api/", StringComparison.Ordinal)).ToArray();
        var strict = operations.Where(operation => !_takesAny.Contains(operation.Id)).ToArray();
        Assert.True(strict.Length >= 30, "The document has operations of the API.");
        foreach (var operation in strict)
        {
            var answer = await SendAsync(api, operation, $"{operation.Path}?{Name}=1", operation.TakesJson ? "{}" : null);
            Assert.True(answer.Status == 400, $"{operation.Id}: {answer.Status} {answer.Text}");
            if (operation.Method == "head")
                continue;
            answer.IsProblem(400, "query_parameter_unknown");
            Assert.Equal(Name, answer.Json.GetProperty("parameter").GetString());
            Assert.Equal(operation.Query, answer.Json.GetProperty("allowed").EnumerateArray().Select(name => name.GetString()!));
        }
    }

    [Fact]
    public async Task ParameterIsPassedOver_WhenTheAddressIsOfBytes()
    {
        using var api = All();
        (await api.GetAsync($"/api/videos/{_video}/source?{Name}=1")).Is(200);
        (await api.SendAsync(HttpMethod.Options, $"/api/uploads?{Name}=1")).Is(204);
        (await api.SendAsync(HttpMethod.Post, $"/api/events/tickets?{Name}=1")).Is(201);
    }

    [Fact]
    public async Task ParameterIsNamed_WhenItIsThereTwice()
    {
        using var api = All();
        var answer = (await api.GetAsync("/api/videos?limit=5&LIMIT=6")).IsProblem(400, "query_parameter_repeated");
        Assert.Equal("limit", answer.Json.GetProperty("parameter").GetString());
        (await api.GetAsync("/api/events/poll?wait=0&wait=0")).IsProblem(400, "query_parameter_repeated");
    }

    [Theory]
    [InlineData("/api/uploads/direct", """{"size":5,"size":6}""", "json_member_repeated", "$.size")]
    [InlineData("/api/uploads/direct", """{"size":5,"Size":6}""", "json_member_unknown", "$.Size")]
    [InlineData("/api/uploads/direct", """{"s\u0069ze":5,"size":6}""", "json_member_repeated", "$.size")]
    [InlineData("/api/uploads/direct", """{"size":5,"a b'c":6}""", "json_member_unknown", @"$['a b\'c']")]
    [InlineData("/api/uploads/{0}/complete", """{"parts":[{"number":1,"etag":"x"},{"number":2,"etag":"y","md5":"z"}]}""", "json_member_unknown", "$.parts[1].md5")]
    [InlineData("/api/uploads/{0}/complete", """{"parts":[{"number":1,"number":2,"etag":"x"}]}""", "json_member_repeated", "$.parts[0].number")]
    [InlineData("/api/admin/broadcast", """{"channel":"system","message":{"any":1},"ttl":5}""", "json_member_unknown", "$.ttl")]
    public async Task MemberIsNamedByItsPlace_WhenItIsWrong(string path, string body, string code, string member)
    {
        using var api = All();
        var answer = (await api.PostJsonAsync(path.Replace("{0}", _upload, StringComparison.Ordinal), body)).IsProblem(400, code);
        Assert.Equal(member, answer.Json.GetProperty("member").GetString());
    }

    private static async Task<Answer> SendAsync(ApiClient api, Operation operation, string target, string? body)
    {
        using var content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await api.SendAsync(new HttpMethod(operation.Method.ToUpperInvariant()), target, content);
    }

    private async Task<Operation[]> OperationsAsync()
    {
        using var anonymous = new ApiClient(shared.Silo.Address, token: null);
        var paths = (await anonymous.GetJsonAsync("/openapi/v1.json")).GetProperty("paths").EnumerateObject();
        return [.. paths.SelectMany(path => path.Value.EnumerateObject().Select(operation => new Operation(
            operation.Value.GetProperty("operationId").GetString()!, operation.Name, Fill(path.Name),
            operation.Value.TryGetProperty("requestBody", out var body) && body.GetProperty("content").TryGetProperty("application/json", out _),
            [.. QueryOf(operation.Value)])))];
    }

    private static IEnumerable<string> QueryOf(JsonElement operation) => !operation.TryGetProperty("parameters", out var parameters) ? []
        : parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == "query")
            .Select(parameter => parameter.GetProperty("name").GetString()!);

    /// <summary>The owner is checked before the content, so that those ids must exist.</summary>
    private string Fill(string path) => path
        .Replace("/uploads/{id}", $"/uploads/{_upload}", StringComparison.Ordinal)
        .Replace("/videos/{id}", $"/videos/{_video}", StringComparison.Ordinal)
        .Replace("{silo}", "S127.0.0.1:1:1", StringComparison.Ordinal)
        .Replace("{number}", "1", StringComparison.Ordinal)
        .Replace("{id}", UnknownId, StringComparison.Ordinal)
        .Replace("{share}", UnknownId, StringComparison.Ordinal)
        .Replace("{delivery}", UnknownId, StringComparison.Ordinal);

    private ApiClient All() => new(shared.Silo.Address, HandMadeToken.Sign(
        shared.Silo.Data, new TokenClaims(_user, ["upload", "read", "share", "webhooks", "tenant", "admin"]) { Tenant = "acme" }));

    private sealed record Operation(string Id, string Method, string Path, bool TakesJson, string[] Query);
}
