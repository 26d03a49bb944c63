namespace Ingestion.Tests.EndToEnd.Http.Conformance;

/// <summary>A request, byte for byte as a client library would not send it, and its answer.</summary>
/// <param name="Clause">Of RFC 9110 or 9112.</param>
/// <param name="What">The case.</param>
/// <param name="Request">Method and path; <c>{id}</c> is a ready video of the caller.</param>
/// <param name="Fields">Besides Host and the token.</param>
/// <param name="Status">Of the answer.</param>
/// <param name="Code">Of its problem; null: it is none.</param>
internal sealed record HttpCase(string Clause, string What, string Request, string[] Fields, int Status, string? Code = null)
{
    private const string Chunks = "4\r\nabcd\r\n0\r\n\r\n";
    private const string Form = "Content-Type: multipart/form-data; boundary=b";
    private const string Json = "Content-Type: application/json";
    private const string Length = "Content-Length: 4";

    /// <summary>The ways in which bodies come.</summary>
    private static readonly (string Name, string Request, string[] Fields)[] _ways =
    [
        ("form", "POST /api/videos/upload", [Form]),
        ("tus creation", "POST /api/uploads", ["Tus-Resumable: 1.0.0", "Upload-Length: 4", "Content-Type: application/offset+octet-stream"]),
        ("tus PATCH", "PATCH /api/uploads/{id}", ["Tus-Resumable: 1.0.0", "Upload-Offset: 0", "Content-Type: application/offset+octet-stream"]),
        ("IETF creation", "POST /api/uploads", ["Upload-Complete: ?1"]),
        ("IETF append", "PATCH /api/uploads/{id}", ["Upload-Complete: ?1", "Upload-Offset: 0", "Content-Type: application/partial-upload"]),
        ("direct creation", "POST /api/uploads/direct", [Json]),
        ("part", "PUT /api/uploads/{id}/parts/1?size=4&expires=99999999999&signature=x", []),
        ("completion", "POST /api/uploads/{id}/complete", [Json]),
        ("webhook", "POST /api/webhooks", [Json]),
    ];

    /// <summary>The name of the test.</summary>
    public string Name => $"{Clause}: {What}";

    /// <summary>Behind the head.</summary>
    public string Body { get; init; } = "";

    /// <summary>Fields that the answer must have: name, colon, blank, value.</summary>
    public string[] Wanted { get; init; } = [];

    /// <summary>Without a version: HTTP/1.1.</summary>
    public string Protocol { get; init; } = "HTTP/1.1";

    /// <summary>Whether the connection must end behind the answer.</summary>
    public bool Ends { get; init; }

    /// <summary>All of them.</summary>
    public static IReadOnlyList<HttpCase> All { get; } =
        [.. TransferCodings(), .. ContentCodings(), .. Framing(), .. Methods(), .. Overrides(), .. Conditions(), .. Expectations()];

    private static IEnumerable<HttpCase> TransferCodings()
    {
        foreach (var (name, request, fields) in _ways)
        {
            yield return new("9112, 6.1", $"{name} with gzip, chunked", request, [.. fields, "Transfer-Encoding: gzip, chunked"], 501, "transfer_coding_unsupported")
            {
                Body = Chunks, Ends = true,
            };
        }

        foreach (var coding in (string[])["deflate, chunked", "identity, chunked", "chunked, chunked", "foo;q=1, chunked", "x, y, chunked"])
        {
            yield return new("9112, 6.1", coding, "POST /api/webhooks", [Json, $"Transfer-Encoding: {coding}"], 501, "transfer_coding_unsupported")
            {
                Body = Chunks, Ends = true,
            };
        }

        yield return new("9112, 6.1", "codings in two fields", "POST /api/webhooks", [Json, "Transfer-Encoding: gzip", "Transfer-Encoding: chunked"], 501,
            "transfer_coding_unsupported") { Body = Chunks, Ends = true };
        // The length of such a body can't be known: 6.3.
        foreach (var coding in (string[])["gzip", "chunked, gzip", "identity", "foo", "chunked;q=1"])
            yield return new("9112, 6.3", $"{coding}, not chunked at last", "POST /api/webhooks", [Json, $"Transfer-Encoding: {coding}"], 400) { Ends = true };
        foreach (var coding in (string[])["chunked", "Chunked", " chunked ", ", chunked"])
            yield return new("9112, 7", $"'{coding}'", "POST /api/webhooks", [Json, $"Transfer-Encoding: {coding}"], 400, "json_invalid") { Body = Chunks };
        yield return new("9112, 7.1.1", "a chunk extension", "POST /api/webhooks", [Json, "Transfer-Encoding: chunked"], 400, "json_invalid")
        {
            Body = "4;a=b\r\nabcd\r\n0\r\n\r\n",
        };
        yield return new("9112, 7.1.2", "a trailer", "POST /api/webhooks", [Json, "Transfer-Encoding: chunked"], 400, "json_invalid")
        {
            Body = "4\r\nabcd\r\n0\r\nX-Trailer: 1\r\n\r\n",
        };
        yield return new("9112, 7.1", "a chunk whose size is no number", "POST /api/webhooks", [Json, "Transfer-Encoding: chunked"], 400, "request_invalid")
        {
            Body = "g\r\nabcd\r\n0\r\n\r\n", Ends = true,
        };
    }

    private static IEnumerable<HttpCase> ContentCodings()
    {
        foreach (var (name, request, fields) in _ways)
        {
            foreach (var coding in (string[])["gzip", "br, identity"])
            {
                yield return new("9110, 8.4", $"{name} with {coding}", request, [.. fields, Length, $"Content-Encoding: {coding}"], 415, "content_coding_unsupported")
                {
                    Body = "abcd", Wanted = ["Accept-Encoding: identity"],
                };
            }
        }

        foreach (var coding in (string[])["identity", "Identity", ""])
        {
            yield return new("9110, 8.4", $"'{coding}' is none", "POST /api/webhooks", [Json, Length, $"Content-Encoding: {coding}"], 400, "json_invalid")
            {
                Body = "abcd",
            };
        }

        yield return new("9110, 8.4", "a request without a body", "GET /api/videos", ["Content-Encoding: gzip"], 200);
        yield return new("9110, 8.4", "a chunked body", "POST /api/webhooks", [Json, "Transfer-Encoding: chunked", "Content-Encoding: gzip"], 415,
            "content_coding_unsupported") { Body = Chunks };
    }

    private static IEnumerable<HttpCase> Framing()
    {
        foreach (var length in (string[])["-4", "0x4", "4, 4", "4,5", "", "99999999999999999999", "4.0"])
            yield return new("9112, 6.3", $"the length '{length}'", "POST /api/webhooks", [Json, $"Content-Length: {length}"], 400) { Body = "abcd", Ends = true };
        // The server takes the sign for a part of the number. No proxy that forwards it as it is can be misled: this is the last hop, and the length is 4.
        yield return new("9112, 6.3", "the length '+4', which is 4 here", "POST /api/webhooks", [Json, "Content-Length: +4"], 400, "json_invalid") { Body = "abcd" };
        yield return new("9112, 6.3", "two lengths", "POST /api/webhooks", [Json, Length, "Content-Length: 5"], 400) { Body = "abcd", Ends = true };
        yield return new("9112, 6.3", "a length and chunks: the chunks count", "POST /api/webhooks", [Json, "Content-Length: 90", "Transfer-Encoding: chunked"], 400,
            "json_invalid") { Body = Chunks, Ends = true };
        yield return new("9112, 3.2", "no Host", "GET /api/videos", ["Host"], 400) { Ends = true };
        yield return new("9112, 3.2", "two Hosts", "GET /api/videos", ["Host: other.example"], 400) { Ends = true };
        yield return new("9112, 5.1", "a blank before the colon", "GET /api/videos", ["X-A : 1"], 400) { Ends = true };
        yield return new("9112, 5.2", "a folded field", "GET /api/videos", ["X-A: 1", " 2"], 400) { Ends = true };
        yield return new("9112, 2.3", "HTTP/2.0 in a request line", "GET /api/videos", [], 505) { Protocol = "HTTP/2.0", Ends = true };
        yield return new("9112, 9.3", "HTTP/1.0 without keep-alive", "GET /api/videos", [], 200) { Protocol = "HTTP/1.0", Ends = true };
        yield return new("9112, 9.6", "Connection: close", "GET /api/videos", ["Connection: close"], 200) { Ends = true };
    }

    private static IEnumerable<HttpCase> Methods()
    {
        foreach (var path in (string[])["/api/videos", "/api/videos/{id}", "/api/tasks/{id}", "/api/usage", "/api/webhooks", "/api/videos/{id}/shares",
            "/api/videos/{id}/source", "/health/live", "/openapi/v1.json", "/docs/api/", "/"])
            yield return new("9110, 9.3.2", $"HEAD {path} is GET without a body", $"HEAD {path}", [], 200);
        yield return new("9110, 9.3.2", "HEAD of what is not there", "HEAD /api/videos/0123456789abcdef0123456789abcdef", [], 404);
        yield return new("9110, 9.3.2", "HEAD of a stream, which would wait", "HEAD /api/events", [], 405) { Wanted = ["Allow: GET"] };
        yield return new("9110, 9.3.2", "HEAD of a poll, which would wait", "HEAD /api/events/poll", [], 405) { Wanted = ["Allow: GET"] };
        yield return new("9110, 9.3.2", "HEAD where there is no GET", "HEAD /api/events/tickets", [], 405) { Wanted = ["Allow: POST"] };
        yield return new("9110, 9.3.7", "OPTIONS of the library", "OPTIONS /api/videos", [], 204) { Wanted = ["Allow: GET"] };
        yield return new("9110, 9.3.7", "OPTIONS of a probe", "OPTIONS /health/live", [], 204) { Wanted = ["Allow: GET, HEAD"] };
        yield return new("9110, 9.3.7", "OPTIONS of uploads", "OPTIONS /api/uploads", [], 204) { Wanted = ["Tus-Version: 1.0.0"] };
        yield return new("9110, 9.3.7", "OPTIONS of what is not there", "OPTIONS /nothing", [], 404, "not_found");
        yield return new("9110, 15.5.6", "PUT of the library", "PUT /api/videos", [Length], 405, "method_not_allowed") { Body = "abcd", Wanted = ["Allow: GET"] };
        yield return new("9110, 15.5.6", "a method that nobody knows", "BREW /api/videos", [], 405, "method_not_allowed") { Wanted = ["Allow: GET"] };
        yield return new("9110, 9.3.8", "TRACE", "TRACE /api/videos", [], 405, "method_not_allowed") { Wanted = ["Allow: GET"] };
        // Pages send it: fetch does not put patch into upper case.
        yield return new("9110, 9.1", "a method in lower case is taken for the one that is meant", "get /api/videos", [], 200);
    }

    private static IEnumerable<HttpCase> Overrides()
    {
        const string Field = "X-HTTP-Method-Override";
        yield return new("method override", "POST that means GET", "POST /api/videos", [$"{Field}: GET", "Content-Length: 0"], 200);
        yield return new("method override", "GET that means HEAD", "GET /api/videos", [$"{Field}: HEAD"], 200) { Wanted = ["Content-Length: 0"] };
        yield return new("method override", "GET that means OPTIONS", "GET /api/videos", [$"{Field}: OPTIONS"], 204) { Wanted = ["Allow: GET"] };
        yield return new("method override", "a method that is not allowed", "GET /api/videos", [$"{Field}: PUT"], 405, "method_not_allowed");
        yield return new("method override", "two of them", "GET /api/videos", [$"{Field}: GET", $"{Field}: GET"], 400, "method_override_invalid");
        yield return new("method override", "an empty one", "GET /api/videos", [$"{Field}: "], 400, "method_override_invalid");
    }

    private static IEnumerable<HttpCase> Conditions()
    {
        yield return new("9110, 13.1.1", "DELETE of another version", "DELETE /api/videos/{id}", ["If-Match: \"other\""], 412, "precondition_failed");
        yield return new("9110, 13.1.1", "a change of another version", "POST /api/webhooks", [Json, Length, "If-Match: \"a\", \"b\""], 412, "precondition_failed")
        {
            Body = "abcd",
        };
        yield return new("9110, 13.1.1", "If-Match of anything", "POST /api/webhooks", [Json, Length, "If-Match: *"], 400, "json_invalid") { Body = "abcd" };
        yield return new("9110, 14.2", "HEAD with a range", "HEAD /api/videos/{id}/source", ["Range: bytes=0-9"], 200);
        yield return new("9110, 14.2", "a range of what has none", "GET /api/videos", ["Range: bytes=0-9"], 200);
        yield return new("9110, 14.1.2", "two ranges: the whole", "GET /api/videos/{id}/source", ["Range: bytes=0-1,5-6"], 200);
        yield return new("9110, 14.1.2", "an open range", "GET /api/videos/{id}/source", ["Range: bytes=1-"], 206);
        yield return new("9110, 14.1.2", "a suffix", "GET /api/videos/{id}/source", ["Range: bytes=-1"], 206);
        yield return new("9110, 15.5.17", "a range behind the end", "GET /api/videos/{id}/source", ["Range: bytes=99999999-"], 416, "range_not_satisfiable");
    }

    private static IEnumerable<HttpCase> Expectations()
    {
        yield return new("9110, 10.1.1", "100-continue of a request that is refused", "POST /api/nothing", [Length, "Expect: 100-continue"], 404, "not_found")
        {
            Body = "abcd",
        };
        yield return new("9110, 10.1.1", "an expectation that nobody knows is ignored", "GET /api/videos", ["Expect: tea"], 200);
        yield return new("9110, 12.5.1", "Accept of something else is ignored", "GET /api/videos", ["Accept: text/html"], 200);
    }
}
