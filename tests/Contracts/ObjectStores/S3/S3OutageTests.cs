using System.Diagnostics.Metrics;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Ingestion.Backends.ObjectStore.S3;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.S3;

public class S3OutageTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task RequestEndsWithinThePatience_WhateverTheSettingsAre()
    {
        var outage = new S3Outage(_time, NullLogger.Instance);
        var retry = new S3Retry(new S3ObjectStoreOptions { RetrySeconds = 3600 }, outage, _time, metrics: null, NullLogger.Instance);
        var tries = 0;
        var request = retry.RunAsync<int>(
            "try",
            _ =>
            {
                tries++;
                _time.Advance(S3Outage.Patience / 2);
                throw new HttpRequestException("refused");
            },
            CancellationToken.None);
        while (!request.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await Assert.ThrowsAsync<S3StoreException>(() => request);
        Assert.Equal(2, tries);
        Assert.True(outage.IsOpen);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(400_000)]
    [InlineData(8 * 1024 * 1024)]
    [InlineData(1024 * 1024 * 1024)]
    public async Task SecondTryFits_WhenTheStoreForgetsARequestOfAnySize(long size)
    {
        var retry = new S3Retry(new S3ObjectStoreOptions(), new S3Outage(_time, NullLogger.Instance), _time, metrics: null, NullLogger.Instance);
        using var leaves = new CancellationTokenSource();
        var began = _time.GetUtcNow();
        TimeSpan? givenUp = null;
        var request = retry.RunAsync(
            "try",
            size,
            window: null,
            async once =>
            {
                var silence = Task.Delay(Timeout.Infinite, once.Token);
                // What is registered last is called first: the wait would end this method, and the token with it.
                _ = once.Token.Register(() => givenUp ??= _time.GetUtcNow() - began);
                await silence;
                return 0;
            },
            leaves.Token);
        while (givenUp is null)
            _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.True(givenUp < S3Outage.Patience / 2, $"It was given up after {givenUp}.");
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => request);
    }

    [Fact]
    public void OneRequestAtATimeLooks_WhenTheStoreIsKnownToBeDead()
    {
        var outage = new S3Outage(_time, NullLogger.Instance);
        outage.Failed(new HttpRequestException("refused"), _time.GetUtcNow());
        Assert.False(outage.IsOpen);
        _time.Advance(TimeSpan.FromSeconds(11));
        outage.Failed(new HttpRequestException("refused"), _time.GetUtcNow());
        Assert.True(outage.IsOpen);
        Assert.Throws<S3StoreException>(() => outage.BeforeTry("try"));
        Assert.Contains("the address does not answer", outage.Read(), StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromSeconds(3));
        outage.BeforeTry("look");
        Assert.Throws<S3StoreException>(() => outage.BeforeTry("try"));
        outage.Worked();
        outage.BeforeTry("try");
        Assert.Null(outage.Read());
    }

    [Fact]
    public void Metric_IsTheAgeOfTheOutage_UntilTheStoreAnswers()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var metrics = new S3Metrics(meters);
        Assert.DoesNotContain("ingestion.store.outage.age", Gauges.Read(meters).Keys);
        var outage = new S3Outage(_time, NullLogger.Instance);
        metrics.Watch(outage);
        Assert.Equal(0, Age());

        // One that may be over with the next try is none.
        outage.Failed(new HttpRequestException("refused"), _time.GetUtcNow());
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, Age());
        _time.Advance(TimeSpan.FromSeconds(6));
        outage.Failed(new HttpRequestException("refused"), _time.GetUtcNow());
        Assert.Equal(11, Age());
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(71, Age());
        outage.Worked();
        Assert.Equal(0, Age());

        outage.Refused(new S3StoreException("try", HttpStatusCode.NotFound, "NoSuchBucket"));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(30, Age());
        outage.Worked();
        Assert.Equal(0, Age());

        double Age() => Gauges.Read(meters)["ingestion.store.outage.age"];
    }

    [Fact]
    public void OutageIsOneLineAMinute_AndOneAtItsEnd()
    {
        var log = new LinesOfLog<S3Outage>();
        var outage = new S3Outage(_time, log);
        for (var i = 0; i < 75; i++)
        {
            outage.Failed(new HttpRequestException("refused"), _time.GetUtcNow());
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        outage.Worked();
        outage.Worked();
        Assert.Equal([LogLevel.Error, LogLevel.Error, LogLevel.Information], log.Levels);
    }

    [Fact]
    public void StoreIsNotDead_WhenItAnswersNowAndThen()
    {
        var outage = new S3Outage(_time, NullLogger.Instance);
        for (var i = 0; i < 20; i++)
        {
            outage.Failed(new HttpRequestException("refused"), _time.GetUtcNow());
            _time.Advance(TimeSpan.FromSeconds(4));
            outage.Failed(new HttpRequestException("refused"), _time.GetUtcNow());
            outage.Worked();
        }

        Assert.False(outage.IsOpen);
    }

    [Theory]
    [InlineData(404, "NoSuchBucket", "the bucket does not exist")]
    [InlineData(403, "SignatureDoesNotMatch", "the credentials are refused")]
    [InlineData(403, "InvalidAccessKeyId", "the credentials are refused")]
    [InlineData(301, "PermanentRedirect", "the address or the region is another")]
    [InlineData(400, "AuthorizationHeaderMalformed", "the address or the region is another")]
    [InlineData(500, "InternalError", "the store fails (500)")]
    public void PartIsNamed_ByTheStoresAnswer(int status, string code, string part)
    {
        Assert.Equal(part, S3Outage.PartOf(new S3StoreException("try", (HttpStatusCode)status, code)));
        Assert.Equal(part, S3Outage.PartOf(new AmazonS3Exception("x", ErrorType.Unknown, code, "r", (HttpStatusCode)status)));
    }
}
