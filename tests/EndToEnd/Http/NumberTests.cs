using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Ingestion.Tests.EndToEnd.Webhooks;

namespace Ingestion.Tests.EndToEnd.Http;

/// <summary>A silo that limits nothing, so that each number is computed with.</summary>
public sealed class BoundlessSilo : SiloFixture
{
    private protected override (string Name, string Value)[] Settings =>
    [
        ("Uploads__MaxFileBytes", $"{long.MaxValue}"), ("Limits__MaxTotalBytesPerUser", "0"), ("Limits__CreationsPerSecondPerUser", "0"),
        ("Limits__CreationsPerSecondPerAddress", "0"), ("Limits__MaxConcurrentUploadsPerUser", "0"), ("RateLimits__RefusalsPerSecondPerAddress", "0"),
        ("RateLimits__UnknownIdsPerSecondPerUser", "0"), ("RateLimits__UnknownIdsPerSecondPerAddress", "0"), ("RateLimits__ChangesPerSecondPerUser", "0"),
        ("RateLimits__SmallAppendsPerSecondPerUser", "0"), ("RateLimits__SmallAppendsPerSecondPerAddress", "0"),
        ("RateLimits__ChangesPerSecondPerAddress", "0"), ("RateLimits__BroadcastsPerSecondPerUser", "0"), ("RateLimits__ConnectsPerSecondPerUser", "0"),
        ("RateLimits__ConnectsPerSecondPerAddress", "0"),
    ];
}

/// <summary>
/// Numbers at the ends of what 32, 53 and 64 bits hold, beyond them and in other spellings, in every place of the API document that can have one: they
/// are taken or refused, and never an internal error.
/// </summary>
public sealed class NumberTests(BoundlessSilo silo) : IClassFixture<BoundlessSilo>, IAsyncLifetime, IDisposable
{
    private const string UnknownId = "0190163d8694739b8ec16fb0de1b5fb5";

    private static readonly string[] _numbers =
    [
        "0", "1", "2147483647", "2147483648", "2147483649", "9007199254740991", "9007199254740992", "9007199254740993", "9223372036854775807",
        "9223372036854775808", "1000000000000000000000000000000", "-1", "-9223372036854775808", "+1", " 1", "1e3", "1e400", "1.5",
    ];

    // Around a number, so that it is read where a field has a grammar of its own.
    private static readonly string[] _shapes = ["{0}", "0:{0}", "0:0~{0}", "bytes={0}-", "bytes=0-{0}", "bytes=-{0}"];

    private static readonly string[] _times =
        ["0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59-23:59"];

    private readonly string _user = SiloFixture.NewUser();
    private readonly List<string> _wrong = [];
    private readonly HttpClient _http = new() { BaseAddress = silo.Silo.Address, Timeout = Eventually.Deadline };
    private string _token = "";
    private string _upload = "";
    private string _direct = "";
    private string _video = "";

    public async Task InitializeAsync()
    {
        _token = HandMadeToken.Sign(silo.Silo.Data, new TokenClaims(_user, ["upload", "read", "share", "webhooks", "tenant", "admin"]) { Tenant = "acme" });
        using var api = new ApiClient(silo.Silo.Address, _token);
        _direct = (await api.PostJsonAsync("/api/uploads/direct", """{"size":5}""")).Is(201).Json.GetProperty("id").GetString()!;
        _upload = (await api.SendAsync(HttpMethod.Post, "/api/uploads", content: null, ("Tus-Resumable", "1.0.0"), ("Upload-Defer-Length", "1"))).Is(201)
            .Header("Location")!.Split('/')[^1];
        _video = await api.UploadToReadyAsync(Samples.Mp4);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task ParameterIsNoInternalError_WhateverNumberItIs()
    {
        var tried = 0;
        foreach (var (method, path, operation) in await OperationsAsync())
        {
            foreach (var parameter in ParametersOf(operation).Where(parameter => parameter.In is not "path" || parameter.Name is "number"))
            {
                foreach (var value in Values())
                {
                    await SendAsync(method, path, parameter, value);
                    tried++;
                }
            }
        }

        Assert.True(tried > 2_000, $"{tried}");
        NothingIsWrong();
    }

    [Fact]
    public async Task MemberIsNoInternalError_WhateverNumberItIs()
    {
        var document = await DocumentAsync();
        var tried = 0;
        foreach (var (method, path, operation) in Operations(document).Where(each => BodyOf(each.Operation) is not null))
        {
            foreach (var body in Bodies(document, BodyOf(operation)!.Value))
            {
                using var content = new StringContent(body, Encoding.UTF8, "application/json");
                await SendAsync(method, Fill(path), content, body);
                tried++;
            }
        }

        Assert.True(tried > 200, $"{tried}");
        NothingIsWrong();
    }

    [Fact]
    public async Task UploadsAreTaken_WhenTogetherTheyAreLongerThanANumberHolds()
    {
        using var api = silo.Silo.As(SiloFixture.NewUser());
        for (var i = 0; i < 3; i++)
        {
            (string, string) length = ("Upload-Length", $"{long.MaxValue - i}");
            (await api.SendAsync(HttpMethod.Post, "/api/uploads", content: null, ("Tus-Resumable", "1.0.0"), length)).Is(201);
            Assert.Equal(long.MaxValue, (await api.GetJsonAsync("/api/usage")).GetProperty("reserved_bytes").GetInt64());
        }

        await api.UploadAsync(Samples.Mp4);
        var usage = await api.GetJsonAsync("/api/usage");
        Assert.Equal(Samples.Mp4.Length, usage.GetProperty("total_bytes").GetInt64());
        Assert.Equal(3, usage.GetProperty("uploads").GetInt32());
    }

    [Theory]
    [InlineData(10_000L * 2047 * 1024 * 1024, 201)]
    [InlineData((10_000L * 2047 * 1024 * 1024) + 1, 413)]
    [InlineData(long.MaxValue, 413)]
    public async Task DirectUploadIsRefused_WhenItWouldHaveMoreThanTenThousandParts(long size, int status)
    {
        using var api = silo.Silo.As(SiloFixture.NewUser());
        var answer = await api.PostJsonAsync("/api/uploads/direct", $$"""{"size":{{size}}}""");
        if (status == 413)
            answer.IsProblem(status, "file_too_large");
        else
            Assert.Equal(10_000, answer.Is(status).Json.GetProperty("part_count").GetInt32());
    }

    [Theory]
    [InlineData("POST /api/videos/upload", "Content-Type: multipart/form-data; boundary=x")]
    [InlineData("POST /api/uploads", "Tus-Resumable: 1.0.0", "Upload-Defer-Length: 1", "Content-Type: application/offset+octet-stream")]
    [InlineData("POST /api/uploads", "Upload-Draft-Interop-Version: 8", "Upload-Complete: ?0")]
    [InlineData("PATCH /api/uploads/{id}", "Tus-Resumable: 1.0.0", "Upload-Offset: 0", "Content-Type: application/offset+octet-stream")]
    [InlineData("PATCH /api/uploads/{id}", "Upload-Draft-Interop-Version: 8", "Upload-Offset: 0", "Upload-Complete: ?0",
        "Content-Type: application/partial-upload")]
    [InlineData("POST /api/uploads/direct", "Content-Type: application/json")]
    public async Task LengthOfTheBodyIsNoInternalError_WhateverNumberItIs(string request, params string[] fields)
    {
        foreach (var number in _numbers)
        {
            foreach (var field in (string[])[$"Content-Length: {number}", $"Content-Range: bytes 0-1/{number}", $"Content-Range: bytes {number}-{number}/*"])
            {
                using var http = new RawHttp(silo.Silo.Address);
                var length = field.StartsWith("Content-Length", StringComparison.Ordinal) ? field : "Content-Length: 0";
                await http.SendHeadAsync(request.Replace("{id}", _upload, StringComparison.Ordinal) + " HTTP/1.1",
                    [$"Authorization: Bearer {_token}", "Connection: close", length, .. length == field ? [] : (string[])[field], .. fields]);
                Judge(await StatusAsync(http), $"{request} {field}");
            }
        }

        NothingIsWrong();
    }

    private static IEnumerable<string> Values() =>
        [.. _shapes.SelectMany(shape => _numbers.Select(number => shape.Replace("{0}", number, StringComparison.Ordinal))), .. _times];

    /// <summary>0: a body of that length was waited for, or the connection was reset.</summary>
    private static async Task<int> StatusAsync(RawHttp http)
    {
        try
        {
            http.Shutdown();
            return await http.TryReadStatusAsync() ?? 0;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return 0;
        }
    }

    /// <summary>Each member in turn with each number, and numbers that are texts.</summary>
    private static IEnumerable<string> Bodies(JsonElement document, JsonElement schema)
    {
        var members = Members(document, schema).ToArray();
        foreach (var (name, isList) in members)
        {
            // As a number, as a text, as a cursor.
            IEnumerable<string> values =
            [
                .. _numbers.Where(number => number is not ("+1" or " 1")), .. _times.Concat(_numbers).Select(text => $"\"{text}\""),
                .. _numbers.Select(number => $"\"0:{number}\""),
            ];
            foreach (var number in values)
            {
                var value = isList && name is "parts" ? $$"""[{"number":{{number}},"etag":"x"}]""" : isList ? $"[{number}]" : number;
                var rest = members.Where(member => member.Name != name).Select(member => member.Name switch
                {
                    "size" => "\"size\":5",
                    "channel" => "\"channel\":\"system\"",
                    "message" => "\"message\":{}",
                    "user" when name is "expires_at" => "\"user\":\"nobody\"",
                    _ => null,
                }).OfType<string>();
                yield return $"{{{string.Join(',', rest.Append($"\"{name}\":{value}"))}}}";
            }
        }
    }

    private static IEnumerable<(string Name, bool IsList)> Members(JsonElement document, JsonElement schema)
    {
        while (schema.TryGetProperty("$ref", out var reference))
            schema = document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
        return schema.TryGetProperty("properties", out var properties)
            ? properties.EnumerateObject().Select(member => (member.Name, member.Value.TryGetProperty("items", out _)))
            : [];
    }

    private async Task SendAsync(string method, string path, Parameter parameter, string value)
    {
        var target = Fill(parameter.In is "path" ? path.Replace($"{{{parameter.Name}}}", Uri.EscapeDataString(value), StringComparison.Ordinal) : path);
        if (parameter.In is "query")
            target += $"?{parameter.Name}={Uri.EscapeDataString(value)}";
        if (path.EndsWith("/poll", StringComparison.Ordinal) && parameter.Name is not "wait")
            target += parameter.In is "query" ? "&wait=0" : "?wait=0";
        var isUpload = path.StartsWith("/api/uploads", StringComparison.Ordinal) && !path.EndsWith("/direct", StringComparison.Ordinal);
        foreach (var fields in isUpload && parameter.In is "header" ? Protocols : [[]])
        {
            using var content = new ByteArrayContent([]);
            if (fields.FirstOrDefault(field => field.Name is "Content-Type") is { Value: { } type })
                content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
            var all = fields.Where(field => field.Name is not "Content-Type" && !field.Name.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase));
            await SendAsync(method, target, method is "get" or "head" ? null : content, $"{parameter.Name}={value}",
                [.. all, .. parameter.In is "header" ? [(parameter.Name, value)] : (ReadOnlySpan<(string, string)>)[]]);
        }
    }

    private static (string Name, string Value)[][] Protocols =>
    [
        [("Tus-Resumable", "1.0.0"), ("Upload-Length", "5"), ("Upload-Offset", "0"), ("Content-Type", "application/offset+octet-stream")],
        [("Tus-Resumable", "1.0.0"), ("Upload-Defer-Length", "1"), ("Upload-Offset", "0"), ("Content-Type", "application/offset+octet-stream")],
        [("Upload-Draft-Interop-Version", "8"), ("Upload-Complete", "?0"), ("Upload-Offset", "0"), ("Content-Type", "application/partial-upload")],
    ];

    private async Task SendAsync(string method, string target, HttpContent? content, string what, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), new Uri(target, UriKind.Relative)) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        foreach (var (name, value) in fields)
            _ = request.Headers.TryAddWithoutValidation(name, value) || content?.Headers.TryAddWithoutValidation(name, value) is true;
        // Streams do not end.
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Judge((int)response.StatusCode, $"{method} {target} {what}");
    }

    private void Judge(int status, string what)
    {
        if (status is >= 500 and not 501)
            _wrong.Add($"{status} {what}");
    }

    private void NothingIsWrong()
    {
        Assert.Empty(_wrong);
        var log = silo.Silo.Log;
        var at = log.IndexOf("unhandled exception", StringComparison.OrdinalIgnoreCase);
        Assert.True(at < 0, at < 0 ? "" : log[at..]);
    }

    private async Task<JsonElement> DocumentAsync()
    {
        using var anonymous = new ApiClient(silo.Silo.Address, token: null);
        return await anonymous.GetJsonAsync("/openapi/v1.json");
    }

    private async Task<IEnumerable<(string Method, string Path, JsonElement Operation)>> OperationsAsync() => Operations(await DocumentAsync());

    // What is removed or erased is not there for the next one.
    private static IEnumerable<(string Method, string Path, JsonElement Operation)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        where operation.Name is not "delete"
        select (operation.Name, path.Name, operation.Value);

    private static IEnumerable<Parameter> ParametersOf(JsonElement operation) => !operation.TryGetProperty("parameters", out var parameters) ? []
        : parameters.EnumerateArray().Select(parameter => new Parameter(parameter.GetProperty("in").GetString()!, parameter.GetProperty("name").GetString()!));

    private static JsonElement? BodyOf(JsonElement operation) =>
        operation.TryGetProperty("requestBody", out var body) && body.GetProperty("content").TryGetProperty("application/json", out var json)
            ? json.GetProperty("schema")
            : null;

    private string Fill(string path) => path
        .Replace("/uploads/{id}/parts", $"/uploads/{_direct}/parts", StringComparison.Ordinal)
        .Replace("/uploads/{id}/complete", $"/uploads/{_direct}/complete", StringComparison.Ordinal)
        .Replace("/uploads/{id}", $"/uploads/{_upload}", StringComparison.Ordinal)
        .Replace("/videos/{id}", $"/videos/{_video}", StringComparison.Ordinal)
        .Replace("{silo}", "S127.0.0.1:1:1", StringComparison.Ordinal)
        .Replace("{number}", "1", StringComparison.Ordinal)
        .Replace("{code}", "not_found", StringComparison.Ordinal)
        .Replace("{id}", UnknownId, StringComparison.Ordinal)
        .Replace("{share}", UnknownId, StringComparison.Ordinal)
        .Replace("{delivery}", UnknownId, StringComparison.Ordinal);

    private sealed record Parameter(string In, string Name);
}
