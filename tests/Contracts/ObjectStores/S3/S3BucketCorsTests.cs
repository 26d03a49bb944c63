using Amazon.S3.Model;
using Ingestion.Backends.ObjectStore.S3;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.S3;

public class S3BucketCorsTests
{
    private const string Page = "https://app.example.org";

    [Theory]
    [InlineData("*", "PUT", "ETag")]
    [InlineData(Page, "PUT", "etag")]
    [InlineData("https://*.example.org", "PUT", "ETag")]
    public void NothingIsMissing_WhenARuleLetsPagesPutAndReadTheTag(string origin, string method, string exposed) =>
        Assert.Null(S3BucketCors.Missing([Page], [Rule(origin, method, exposed)]));

    [Theory]
    [InlineData("https://other.example", "PUT", "ETag", "send parts (PUT)")]
    [InlineData(Page, "GET", "ETag", "send parts (PUT)")]
    [InlineData(Page, "PUT", "x-amz-request-id", "read the ETag")]
    public void FindingNamesIt_WhenARuleAllowsTooLittle(string origin, string method, string exposed, string finding) =>
        Assert.Contains(finding, S3BucketCors.Missing([Page], [Rule(origin, method, exposed)]), StringComparison.Ordinal);

    [Fact]
    public void FindingNamesTheOrigin_WhenThereAreNoRules() => Assert.Contains(Page, S3BucketCors.Missing([Page], []), StringComparison.Ordinal);

    [Fact]
    public void OnlyAnAsteriskServesAll_WhenAnyPageMayCall()
    {
        Assert.NotNull(S3BucketCors.Missing(["*"], [Rule(Page, "PUT", "ETag")]));
        Assert.Null(S3BucketCors.Missing(["*"], [Rule("*", "PUT", "ETag")]));
    }

    private static CORSRule Rule(string origin, string method, string exposed) =>
        new() { AllowedOrigins = [origin], AllowedMethods = [method], ExposeHeaders = [exposed] };
}
