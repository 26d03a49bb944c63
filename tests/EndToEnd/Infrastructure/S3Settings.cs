namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>What makes a silo keep its objects in an S3 emulator.</summary>
internal static class S3Settings
{
    public static (string Name, string Value)[] Of(string url, string bucket) =>
    [
        ("Store", "s3"), ("S3__ServiceUrl", url), ("S3__Bucket", bucket), ("S3__PathStyle", "true"), ("S3__Region", "us-east-1"), ("S3__PartMebibytes", "5"),
        ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"),
    ];
}
