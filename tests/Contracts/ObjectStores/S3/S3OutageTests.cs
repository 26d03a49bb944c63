using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Ingestion.Backends.ObjectStore.S3;
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
