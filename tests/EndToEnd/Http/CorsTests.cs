using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Http;

/// <summary>What browsers need to let a page talk to the API.</summary>
[Collection(DefaultSilo.Name)]
public sealed class CorsTests(DefaultSilo shared)
{
    private const string Page = "https://app.example.org";

    private static readonly string[] _exposed =
    [
        "Location", "Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Expires", "Upload-Complete", "Upload-Limit", "Upload-Concat",
            "Upload-Defer-Length",
        "Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm", "Retry-After", "ETag", "Repr-Digest",
    ];

    [Theory]
    [InlineData("/api/uploads", "POST")]
    [InlineData("/api/uploads/0123456789abcdef0123456789abcdef", "PATCH")]
    [InlineData("/api/uploads/0123456789abcdef0123456789abcdef", "HEAD")]
    [InlineData("/api/uploads/0123456789abcdef0123456789abcdef", "DELETE")]
    [InlineData("/api/videos/upload", "POST")]
    [InlineData("/api/videos", "GET")]
    public async Task PreflightAllowsAllThatClientsSend_WithoutToken(string path, string method)
    {
        const string Fields = "authorization, content-type, tus-resumable, upload-checksum, upload-concat, upload-defer-length, upload-length, "
            + "upload-metadata, upload-offset, x-http-method-override, x-requested-with";
        using var browser = new ApiClient(shared.Silo.Address, token: null);
        var answer = (await browser.SendAsync(
            HttpMethod.Options, path, null, ("Origin", Page), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", Fields))).Is(204);
        Assert.Equal("*", answer.Header("Access-Control-Allow-Origin"));
        Assert.Contains(method, List(answer, "Access-Control-Allow-Methods"));
        Assert.Superset(Fields.Split(", ").ToHashSet(), List(answer, "Access-Control-Allow-Headers"));
        Assert.Equal("7200", answer.Header("Access-Control-Max-Age"));
        Assert.Null(answer.Header("Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task EveryAnswerMayBeRead_WhateverItIs()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var anonymous = new ApiClient(shared.Silo.Address, token: null);
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(10);
        (string, string) origin = ("Origin", Page);
        Answer[] answers =
        [
            (await tus.PostAsync(null, origin, ("Upload-Length", "5"))).Is(201),
            (await tus.HeadAsync(path, origin)).Is(200),
            (await tus.PatchAsync(path, 1, [1], origin)).IsProblem(409, "offset_mismatch"),
            (await tus.SendAsync("PUT", path, null, origin)).IsProblem(405, "method_not_allowed"),
            (await tus.SendAsync("HEAD", path, null, origin, ("X-HTTP-Method-Override", "X"))).Is(400),
            (await anonymous.GetAsync("/api/videos", origin)).IsProblem(401, "token_missing"),
            (await api.GetAsync("/nowhere", origin)).IsProblem(404, "not_found"),
            (await anonymous.SendAsync(HttpMethod.Options, TusClient.Uploads, null, origin)).Is(204),
        ];
        Assert.All(answers, answer =>
        {
            Assert.Equal("*", answer.Header("Access-Control-Allow-Origin"));
            Assert.Superset(_exposed.ToHashSet(), List(answer, "Access-Control-Expose-Headers"));
        });
    }

    [Fact]
    public async Task OnlyNamedPagesMayRead_WhenOriginsAreSet()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, ("Http__CorsOrigins", "https://app.example.org, http://localhost:5173"));
        using var api = silo.As(SiloFixture.NewUser());
        Assert.Equal(Page, (await api.GetAsync("/api/videos", ("Origin", Page))).Is(200).Header("Access-Control-Allow-Origin"));
        Assert.Equal("http://localhost:5173", (await api.GetAsync("/api/videos", ("Origin", "http://localhost:5173"))).Header("Access-Control-Allow-Origin"));
        foreach (var other in new[] { "https://evil.example.org", "http://app.example.org", "https://app.example.org.evil", "null" })
        {
            Assert.Null((await api.GetAsync("/api/videos", ("Origin", other))).Is(200).Header("Access-Control-Allow-Origin"));
            var preflight = await api.SendAsync(HttpMethod.Options, "/api/videos", null, ("Origin", other), ("Access-Control-Request-Method", "GET"));
            Assert.Null(preflight.Header("Access-Control-Allow-Origin"));
        }
    }

    private static HashSet<string> List(Answer answer, string field) =>
        [.. answer.Headers[field].SelectMany(value => value.Split(',')).Select(value => value.Trim())];
}
