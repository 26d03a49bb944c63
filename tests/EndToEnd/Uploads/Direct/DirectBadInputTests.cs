using System.Globalization;

namespace Ingestion.Tests.EndToEnd.Uploads.Direct;

/// <summary>Wrong requests, wrong parts and wrong addresses: a clear answer, and nothing changed.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class DirectBadInputTests(DefaultSilo shared)
{
    private const int TwoParts = (64 * 1024 * 1024) + 1_000;

    [Theory]
    [InlineData("", 400, "json_invalid")]
    [InlineData("{", 400, "json_invalid")]
    [InlineData("null", 400, "json_invalid")]
    [InlineData("[]", 400, "json_invalid")]
    [InlineData("{}", 400, "json_invalid")]
    [InlineData("""{"size":null}""", 400, "json_invalid")]
    [InlineData("""{"size":"100"}""", 400, "json_invalid")]
    [InlineData("""{"size":1.5}""", 400, "json_invalid")]
    [InlineData("""{"size":-1}""", 400, "json_invalid")]
    [InlineData("""{"size":99999999999999999999}""", 400, "json_invalid")]
    [InlineData("""{"size":100,"name":1}""", 400, "json_invalid")]
    [InlineData("""{"size":100,"type":[]}""", 400, "json_invalid")]
    [InlineData("""{"size":100,"size":200}""", 400, "json_member_repeated")]
    [InlineData("""{"size":100} {}""", 400, "json_invalid")]
    [InlineData("""{"size":100,"part_size":"big"}""", 400, "json_invalid")]
    [InlineData("""{"size":100,"part_size":0}""", 400, "part_size_invalid")]
    [InlineData("""{"size":100,"part_size":5242879}""", 400, "part_size_invalid")]
    [InlineData("""{"size":100,"part_size":2147483648}""", 400, "part_size_invalid")]
    [InlineData("""{"size":0}""", 400, "file_empty")]
    [InlineData("""{"size":99999999999999}""", 413, "file_too_large")]
    [InlineData("100 kB", 413, "body_too_large")]
    public async Task NothingIsCreated_WhenTheRequestIs(string json, int status, string code)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        await using var socket = await StatusClient.SubscribedAsync(api);
        var body = json == "100 kB" ? $$"""{"size":100,"name":"{{new string('x', 100_000)}}"}""" : json;
        (await client.PostAsync($"{DirectClient.Uploads}/direct", body)).IsProblem(status, code);
        Assert.Empty(await socket.SoFarAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task NothingIsCreated_WhenTheTypeIs(string type)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        (await client.PostAsync($"{DirectClient.Uploads}/direct", """{"size":100}""", type)).IsProblem(415, "json_expected");
    }

    [Fact]
    public async Task UnknownFieldIsRefused_WhenTheRequestHasOne()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        (await client.PostAsync($"{DirectClient.Uploads}/direct", """{"size":100,"parts":"many","x":{"y":[1]}}""", "application/json; charset=utf-8"))
            .IsProblem(400, "json_member_unknown");
    }

    [Theory]
    [InlineData("""{"numbers":[]}""", "part_numbers_invalid")]
    [InlineData("""{"numbers":[0]}""", "part_numbers_invalid")]
    [InlineData("""{"numbers":[3]}""", "part_numbers_invalid")]
    [InlineData("""{"numbers":[-1]}""", "part_numbers_invalid")]
    [InlineData("""{"numbers":[1,1]}""", "part_numbers_invalid")]
    [InlineData("""{"numbers":[1.5]}""", "json_invalid")]
    [InlineData("""{"numbers":["1"]}""", "json_invalid")]
    [InlineData("""{"numbers":1}""", "json_invalid")]
    [InlineData("""{"numbers":[9999999999]}""", "json_invalid")]
    [InlineData("""{}""", "json_invalid")]
    public async Task NoAddressIsGiven_WhenTheNumbersAre(string json, string code)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        var upload = new DirectUpload((await client.CreateAsync(TwoParts)).Is(201).Json, []);
        (await client.PostAsync($"{upload.Path}/parts", json)).IsProblem(400, code);
    }

    [Fact]
    public async Task NoMoreThanAHundredAddressesAreGivenAtOnce_WhenMoreAreRequested()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        var created = (await client.CreateAsync(150L * 64 * 1024 * 1024)).Is(201).Json;
        var upload = new DirectUpload(created, []);
        Assert.Equal((150, 100), (upload.Count, upload.Parts.Length));
        (await client.IssueAsync(upload, [.. Enumerable.Range(1, 101)])).IsProblem(400, "part_numbers_invalid");
        var fresh = (await client.IssueAsync(upload, [.. Enumerable.Range(51, 100)])).Is(200).Json.GetProperty("parts").EnumerateArray();
        Assert.Equal(Enumerable.Range(51, 100), fresh.Select(part => part.GetProperty("number").GetInt32()));
        (await api.DeleteAsync(upload.Path)).Is(204);
    }

    public static TheoryData<string, int, string, string?> BadCompletions() => new()
    {
        { """{"parts":[{"number":1,"etag":"E1"}]}""", 409, "upload_incomplete", "Part 2." },
        { """{"parts":[{"number":1,"etag":"E1"},{"number":2,"etag":"E2"}]}""", 409, "upload_incomplete", "Part 2." }, // The store has no part 2.
        { """{"parts":[]}""", 409, "upload_incomplete", "Parts 1, 2." },
        { """{"parts":[{"number":1,"etag":"E1"},{"number":1,"etag":"E1"}]}""", 400, "part_numbers_invalid", "Part 1." },
        { """{"parts":[{"number":0,"etag":"E1"}]}""", 400, "part_numbers_invalid", "Part 0." },
        { """{"parts":[{"number":3,"etag":"E1"}]}""", 400, "part_numbers_invalid", "Part 3." },
        { """{"parts":[{"number":1}]}""", 400, "json_invalid", null },
        { """{"parts":[{"number":1,"etag":null}]}""", 400, "json_invalid", null },
        { """{"parts":[null]}""", 400, "json_invalid", null },
        { """{"parts":{}}""", 400, "json_invalid", null },
        { """{}""", 400, "json_invalid", null },
        { "2 MB", 413, "body_too_large", null },
    };

    [Theory]
    [MemberData(nameof(BadCompletions))]
    public async Task UploadStaysOpen_WhenTheCompletionIs(string json, int status, string code, string? detail)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        var file = DirectTests.MakeFile(TwoParts);
        var upload = await client.BeginAsync(file);
        var first = await client.PutAsync(upload, 1);
        var body = json == "2 MB"
            ? $$"""{"parts":[{"number":1,"etag":"{{new string('x', 2_000_000)}}"}]}"""
            : json.Replace("E1", first.Trim('"'), StringComparison.Ordinal);
        var answer = (await client.PostAsync($"{upload.Path}/complete", body)).IsProblem(status, code);
        if (detail is not null)
            Assert.Equal(detail, answer.Json.GetProperty("detail").GetString());

        Assert.Equal([1], await client.StoredAsync(upload));
        var second = await client.PutAsync(upload, 2);
        (await client.CompleteAsync(upload, new SentPart(1, first), new SentPart(2, "other"))).IsProblem(409, "part_mismatch");
        (await client.CompleteAsync(upload, new SentPart(1, first), new SentPart(2, second))).Is(201);
        await DirectTests.IsVideoAsync(api, upload.Id, file);
    }

    [Theory]
    [InlineData("signature", "")]
    [InlineData("signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("signature", "*")]
    [InlineData("signature", "*******************************************")]
    [InlineData("signature", null)]
    [InlineData("expires", "9999999999")]
    [InlineData("expires", "soon")]
    [InlineData("expires", null)]
    [InlineData("size", "1")]
    [InlineData("size", "-1")]
    [InlineData("size", null)]
    public async Task PartIsRefused_WhenOfTheAddressIsChanged(string field, string? value)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        var upload = await client.BeginAsync(Samples.Mp4);
        var address = new UriBuilder(upload.UrlOf(1));
        var query = address.Query.TrimStart('?').Split('&').Where(pair => !pair.StartsWith(field + "=", StringComparison.Ordinal));
        address.Query = string.Join('&', value is null ? query : query.Append($"{field}={value}"));
        (await client.PutAsync(address.Uri.AbsoluteUri, Samples.Mp4)).IsProblem(403, "url_invalid");
        Assert.Empty(await client.StoredAsync(upload));
    }

    [Fact]
    public async Task PartIsRefused_WhenTheAddressIsOfAnotherPartOrUpload()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        var upload = await client.BeginAsync(Samples.Mp4);
        var other = await client.BeginAsync(Samples.Mp4);
        foreach (var url in new[]
        {
            upload.UrlOf(1).Replace("/parts/1", "/parts/2", StringComparison.Ordinal), upload.UrlOf(1)
                .Replace("/parts/1", "/parts/one", StringComparison.Ordinal),
            upload.UrlOf(1).Replace(upload.Id, other.Id, StringComparison.Ordinal), upload.UrlOf(1).Replace(upload.Id, "x", StringComparison.Ordinal),
        })
            (await client.PutAsync(url, Samples.Mp4)).IsProblem(403, "url_invalid");
        Assert.Empty(await client.StoredAsync(upload));
        Assert.Empty(await client.StoredAsync(other));
    }

    [Fact]
    public async Task PartIsRefused_WhenItsLengthIsNotKnownOrNotTheOne()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        var upload = await client.BeginAsync(Samples.Mp4);
        (await client.PutAsync(upload.UrlOf(1), Samples.Mp4[1..])).IsProblem(400, "part_length_invalid");
        (await client.PutAsync(upload.UrlOf(1), [.. Samples.Mp4, 0])).IsProblem(400, "part_length_invalid");
        (await client.PutAsync(upload.UrlOf(1), [])).IsProblem(400, "part_length_invalid");
        (await client.PutAsync(upload.UrlOf(1), Samples.Mp4, chunked: true)).IsProblem(411, "length_required");
        Assert.Empty(await client.StoredAsync(upload));
    }

    [Theory]
    [InlineData("another's")]
    [InlineData("unknown")]
    [InlineData("0")]
    [InlineData("..%2f..%2fkeys")]
    public async Task Is404_WhenTheUploadIs(string kind)
    {
        using var stranger = shared.Silo.As(SiloFixture.NewUser());
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var strangers = new DirectClient(stranger);
        using var client = new DirectClient(api);
        var upload = await strangers.BeginAsync(Samples.Mp4);
        var sent = await strangers.PutAllAsync(upload);
        var path = $"{DirectClient.Uploads}/{kind switch { "another's" => upload.Id, "unknown" => Guid.CreateVersion7().ToString("N"), _ => kind }}";

        (await client.PostAsync($"{path}/parts", new { numbers = new[] { 1 } })).IsProblem(404, "not_found");
        (await api.GetAsync($"{path}/parts")).IsProblem(404, "not_found");
        (await client.PostAsync($"{path}/complete", new { parts = new[] { new { number = 1, etag = sent[0].ETag } } })).IsProblem(404, "not_found");
        // For another user's upload, not even the error in the request is revealed.
        (await client.PostAsync($"{path}/complete", "{")).IsProblem(404, "not_found");
        Assert.Equal(412, (await api.DeleteAsync(path)).Status);
        Assert.Equal([1], await strangers.StoredAsync(upload));
        (await strangers.CompleteAsync(upload, sent)).Is(201);
    }

    [Fact]
    public async Task IsRefused_WhenTheTokenIsMissingOrLacksTheScope()
    {
        var user = SiloFixture.NewUser();
        using var api = shared.Silo.As(user);
        using var client = new DirectClient(api);
        var upload = await client.BeginAsync(Samples.Mp4);
        using var anonymous = new ApiClient(shared.Silo.Address, token: null);
        using var reader = shared.Silo.As(user, "read");
        foreach (var (other, status) in new[] { (anonymous, 401), (reader, 403) })
        {
            using var refused = new DirectClient(other);
            Assert.Equal(status, (await refused.CreateAsync(100)).Status);
            Assert.Equal(status, (await refused.IssueAsync(upload, 1)).Status);
            Assert.Equal(status, (await refused.PartsAsync(upload)).Status);
            Assert.Equal(status, (await refused.CompleteAsync(upload)).Status);
            Assert.Equal(status, (await other.DeleteAsync(upload.Path)).Status);
        }

        Assert.Empty(await client.StoredAsync(upload));
    }

    /// <summary>One upload, one way in.</summary>
    [Fact]
    public async Task IsRefused_WhenBytesComeTheOtherWay()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        var upload = await client.BeginAsync(Samples.Mp4);
        foreach (var (type, field) in new[] { ("application/partial-upload", ("Upload-Complete", "?1")),
            ("application/offset+octet-stream", ("Tus-Resumable", "1.0.0")) })
        {
            using var body = new ByteArrayContent(Samples.Mp4);
            body.Headers.TryAddWithoutValidation("Content-Type", type);
            (await api.SendAsync(HttpMethod.Patch, upload.Path, body, ("Upload-Offset", "0"), field)).IsProblem(403, "upload_not_appendable");
        }

        (await client.CompleteAsync(upload, await client.PutAllAsync(upload))).Is(201);

        var resumable = (await api.SendAsync(HttpMethod.Post, DirectClient.Uploads, content: null, ("Upload-Complete", "?0"))).Is(201).Header("Location")!;
        var path = new Uri(resumable).AbsolutePath;
        (await client.PostAsync($"{path}/parts", new { numbers = new[] { 1 } })).IsProblem(409, "upload_not_direct");
        (await api.GetAsync($"{path}/parts")).IsProblem(409, "upload_not_direct");
        (await client.PostAsync($"{path}/complete", """{"parts":[]}""")).IsProblem(409, "upload_not_direct");
    }

    [Fact]
    public async Task UploadIsFoundAndGivenUpWithoutAProtocol_WhenItIsDirect()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        var upload = await client.BeginAsync(Samples.Mp4);
        var head = (await api.SendAsync(HttpMethod.Head, upload.Path)).Is(204);
        Assert.Equal(("?0", "0", Samples.Mp4.Length.ToString(CultureInfo.InvariantCulture)),
            (head.Header("Upload-Complete"), head.Header("Upload-Offset"), head.Header("Upload-Length")));
        (await api.DeleteAsync(upload.Path)).Is(204);
        (await api.GetAsync(upload.Path)).Is(410);
    }
}
