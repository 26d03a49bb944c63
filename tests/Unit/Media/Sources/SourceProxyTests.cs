using System.Net;
using System.Net.Http.Headers;
using Ingestion.Backends.Media;

namespace Ingestion.Tests.Unit.Media.Sources;

/// <summary>Stored objects over the loopback, as tools request them.</summary>
public sealed class SourceProxyTests : IAsyncLifetime, IDisposable
{
    private readonly HttpClient _http = new();
    private readonly byte[] _bytes = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 7))];
    private readonly StoredSource _stored = new(isolate: false);

    public Task InitializeAsync() => _stored.PutAsync(_bytes);

    Task IAsyncLifetime.DisposeAsync() => _stored.StopAsync();

    public void Dispose()
    {
        _http.Dispose();
        _stored.Dispose();
    }

    [Fact]
    public async Task AddressIsOfTheLoopbackAndRandom_EachTime()
    {
        await using var first = await ShareAsync();
        await using var second = await ShareAsync();
        Assert.NotEqual(first.Address, second.Address);
        Assert.Matches("^http://127\\.0\\.0\\.1:[0-9]+/[0-9a-f]{32}$", first.Address);
    }

    [Theory]
    [InlineData(null, null, 0, 200_000, HttpStatusCode.OK)]
    [InlineData(0L, null, 0, 200_000, HttpStatusCode.PartialContent)]
    [InlineData(150_000L, null, 150_000, 50_000, HttpStatusCode.PartialContent)]
    [InlineData(10L, 19L, 10, 10, HttpStatusCode.PartialContent)]
    [InlineData(199_999L, 999_999L, 199_999, 1, HttpStatusCode.PartialContent)]
    [InlineData(null, 100L, 199_900, 100, HttpStatusCode.PartialContent)]
    [InlineData(null, 900_000L, 0, 200_000, HttpStatusCode.PartialContent)]
    public async Task ReturnsTheseBytes_WhenThatRangeIsRequested(long? from, long? to, int offset, int count, HttpStatusCode status)
    {
        await using var source = await ShareAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, source.Address);
        if (from is not null || to is not null)
            request.Headers.Range = new RangeHeaderValue(from, to);
        using var answer = await _http.SendAsync(request);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(_bytes[offset..(offset + count)], await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(status is HttpStatusCode.OK ? null : $"bytes {offset}-{offset + count - 1}/200000", answer.Content.Headers.ContentRange?.ToString());
        Assert.Equal(count, source.BytesRead);
        Assert.Null(source.Failure);
    }

    [Fact]
    public async Task Answers416_WhenTheRangeLiesBehindTheEnd()
    {
        await using var source = await ShareAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, source.Address) { Headers = { Range = new RangeHeaderValue(200_000, null) } };
        using var answer = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, answer.StatusCode);
    }

    [Fact]
    public async Task AnswersHeadersOnly_ForHead()
    {
        await using var source = await ShareAsync();
        using var request = new HttpRequestMessage(HttpMethod.Head, source.Address);
        using var answer = await _http.SendAsync(request);
        Assert.Equal(200_000, answer.Content.Headers.ContentLength);
        Assert.Equal(0, source.BytesRead);
    }

    [Fact]
    public async Task AddressIsWorthNothing_WhenTheJobHasEnded()
    {
        var source = await ShareAsync();
        await source.DisposeAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync(new Uri(source.Address))).StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/0123456789abcdef0123456789abcdef")]
    [InlineData("/health/live")]
    public async Task NothingElseIsThere_WhateverThePath(string path)
    {
        await using var source = await ShareAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync(new Uri(new Uri(source.Address), path))).StatusCode);
    }

    [Fact]
    public async Task OtherMethods_AreRefused()
    {
        await using var source = await ShareAsync();
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _http.DeleteAsync(new Uri(source.Address))).StatusCode);
    }

    [Fact]
    public async Task FailureIsKnownAndTheAnswerIsNoWholeOne_WhenTheObjectWasReplaced()
    {
        await using var source = await ShareAsync();
        await _stored.PutAsync([1, 2, 3]);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => _http.GetByteArrayAsync(new Uri(source.Address)));
        Assert.NotNull(source.Failure);
    }

    private Task<ProxiedSource> ShareAsync() => _stored.ShareAsync();
}
