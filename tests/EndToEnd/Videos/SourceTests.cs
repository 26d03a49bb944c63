namespace Ingestion.Tests.EndToEnd.Videos;

/// <summary>Reading a source back as players do: ranges and conditions (RFC 9110).</summary>
[Collection(DefaultSilo.Name)]
public sealed class SourceTests(DefaultSilo shared) : IAsyncLifetime
{
    private readonly ApiClient _api = shared.Silo.As(SiloFixture.NewUser());
    private string _source = "";

    public async Task InitializeAsync() => _source = $"/api/videos/{await _api.UploadAsync(Samples.Mp4, "holiday – été.mp4")}/source";

    public Task DisposeAsync()
    {
        _api.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=0-99", 0, 100)]
    [InlineData("bytes=1000-1999", 1000, 1000)]
    [InlineData("bytes=20000-", 20000, -1)]
    [InlineData("bytes=20000-99999999", 20000, -1)]
    [InlineData("bytes=-500", -500, 500)]
    [InlineData("bytes=-99999999", 0, -1)]
    public async Task AnswersTheseBytes_WhenARangeIsRequested(string range, int from, int count)
    {
        var start = from < 0 ? Samples.Mp4.Length + from : from;
        var expected = count < 0 ? Samples.Mp4[start..] : Samples.Mp4[start..(start + count)];

        var answer = (await _api.GetAsync(_source, ("Range", range))).Is(206);
        Assert.Equal(expected, answer.Body);
        Assert.Equal($"bytes {start}-{start + expected.Length - 1}/{Samples.Mp4.Length}", answer.Header("Content-Range"));
        Assert.Equal($"{expected.Length}", answer.Header("Content-Length"));
    }

    [Theory]
    [InlineData("bytes=99999999-")]
    [InlineData("bytes=-0")]
    public async Task Answers416WithTheLength_WhenTheRangeLiesOutside(string range)
    {
        var answer = (await _api.GetAsync(_source, ("Range", range))).IsProblem(416, "range_not_satisfiable");
        Assert.Equal($"bytes */{Samples.Mp4.Length}", answer.Header("Content-Range"));
    }

    [Theory]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("lines=1-2")]
    [InlineData("bytes=9-5")]
    public async Task AnswersTheWhole_WhenTheRangeIsNoneThatItServes(string range) =>
        Assert.Equal(Samples.Mp4, (await _api.GetAsync(_source, ("Range", range))).Is(200).Body);

    [Fact]
    public async Task AnswersHeadersOnly_ForHead()
    {
        var head = (await _api.SendAsync(HttpMethod.Head, _source)).Is(200);
        Assert.Empty(head.Body);
        Assert.Equal($"{Samples.Mp4.Length}", head.Header("Content-Length"));
        Assert.Equal("bytes", head.Header("Accept-Ranges"));
        Assert.Equal("video/mp4", head.Header("Content-Type"));

        // Ranges are defined for GET alone.
        var part = (await _api.SendAsync(HttpMethod.Head, _source, content: null, ("Range", "bytes=0-9"))).Is(200);
        Assert.Equal($"{Samples.Mp4.Length}", part.Header("Content-Length"));
        Assert.Null(part.Header("Content-Range"));
    }

    [Fact]
    public async Task AnswersByItsTag_WhenTheRequestIsConditional()
    {
        var tag = (await _api.GetAsync(_source)).Is(200).Header("ETag")!;

        Assert.Empty((await _api.GetAsync(_source, ("If-None-Match", tag))).Is(304).Body);
        (await _api.GetAsync(_source, ("If-None-Match", $"\"other\", W/{tag}"))).Is(304);
        (await _api.GetAsync(_source, ("If-None-Match", "*"))).Is(304);
        (await _api.GetAsync(_source, ("If-None-Match", "\"other\""))).Is(200);
        (await _api.GetAsync(_source, ("Range", "bytes=0-9"), ("If-Range", tag))).Is(206);
        Assert.Equal(Samples.Mp4, (await _api.GetAsync(_source, ("Range", "bytes=0-9"), ("If-Range", "\"other\""))).Is(200).Body);
    }

    /// <summary>The order of RFC 9110, section 13.2.2.</summary>
    [Fact]
    public async Task ConditionsCountInTheirOrder_WhenThereAreSeveral()
    {
        var first = (await _api.GetAsync(_source)).Is(200);
        var (tag, date) = (first.Header("ETag")!, first.Header("Last-Modified")!);
        var old = DateTimeOffset.Parse(date, System.Globalization.CultureInfo.InvariantCulture).AddDays(-1).ToString("R");
        var later = DateTimeOffset.Parse(date, System.Globalization.CultureInfo.InvariantCulture).AddDays(1).ToString("R");
        (await _api.GetAsync(_source, ("If-Modified-Since", date))).Is(304);
        (await _api.GetAsync(_source, ("If-Modified-Since", later))).Is(304);
        (await _api.GetAsync(_source, ("If-Modified-Since", old))).Is(200);
        (await _api.GetAsync(_source, ("If-Modified-Since", "yesterday"))).Is(200);
        (await _api.GetAsync(_source, ("If-None-Match", "\"other\""), ("If-Modified-Since", date))).Is(200);
        (await _api.GetAsync(_source, ("If-Unmodified-Since", date))).Is(200);
        (await _api.GetAsync(_source, ("If-Unmodified-Since", old))).IsProblem(412, "precondition_failed");
        (await _api.GetAsync(_source, ("If-Match", tag))).Is(200);
        (await _api.GetAsync(_source, ("If-Match", "*"))).Is(200);
        (await _api.GetAsync(_source, ("If-Match", $"\"other\", {tag}"))).Is(200);
        (await _api.GetAsync(_source, ("If-Match", "\"other\""))).IsProblem(412, "precondition_failed");
        // A weak one never matches here.
        (await _api.GetAsync(_source, ("If-Match", $"W/{tag}"))).IsProblem(412, "precondition_failed");
        (await _api.GetAsync(_source, ("If-Match", tag), ("If-Unmodified-Since", old))).Is(200);
        (await _api.GetAsync(_source, ("If-Match", "\"other\""), ("If-None-Match", tag))).IsProblem(412, "precondition_failed");
        (await _api.GetAsync(_source, ("If-Match", tag), ("If-None-Match", tag))).Is(304);
        (await _api.GetAsync(_source, ("If-None-Match", tag), ("Range", "bytes=0-9"))).Is(304);
        (await _api.GetAsync(_source, ("If-Match", tag), ("Range", "bytes=0-9"))).Is(206);
        (await _api.GetAsync(_source, ("Range", "bytes=0-9"), ("If-Range", date))).Is(206);
        (await _api.GetAsync(_source, ("Range", "bytes=0-9"), ("If-Range", old))).Is(200);
        (await _api.GetAsync(_source, ("Range", "bytes=0-9"), ("If-Range", $"W/{tag}"))).Is(200);
        (await _api.GetAsync(_source, ("Range", "Bytes=0-9"))).Is(206);
    }

    [Fact]
    public async Task BytesOfStrangersStayHarmless_WhenABrowserOpensThem()
    {
        var answer = (await _api.GetAsync(_source)).Is(200);
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
        Assert.Equal("sandbox", answer.Header("Content-Security-Policy"));
        Assert.Contains("private", answer.Header("Cache-Control"), StringComparison.Ordinal);
        Assert.StartsWith("inline", answer.Header("Content-Disposition"), StringComparison.Ordinal);
        Assert.Contains("filename*=UTF-8''holiday%20%E2%80%93%20%C3%A9t%C3%A9.mp4", answer.Header("Content-Disposition"), StringComparison.Ordinal);
    }
}
