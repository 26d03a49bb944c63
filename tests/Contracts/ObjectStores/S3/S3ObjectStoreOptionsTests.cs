using System.ComponentModel.DataAnnotations;
using Ingestion.Backends.ObjectStore.S3;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.S3;

public sealed class S3ObjectStoreOptionsTests
{
    [Fact]
    public void Options_ReportEveryMistake()
    {
        var options = new S3ObjectStoreOptions
        {
            ServiceUrl = "nowhere", Prefix = "a b", PartMebibytes = 4, MaxConnections = 0, RetrySeconds = -1, AttemptSeconds = 0,
                ServerSideEncryption = "rot13", Checksum = "md5",
        };
        Assert.Equal(
            ["AttemptSeconds", "Bucket", "Checksum", "MaxConnections", "PartMebibytes", "Prefix", "RetrySeconds", "ServerSideEncryption", "ServiceUrl"],
            Mistakes(options).Order());
        Assert.Equal(["KmsKeyId"], Mistakes(new S3ObjectStoreOptions { Bucket = "b", KmsKeyId = "key" }));
        Assert.Empty(Mistakes(new S3ObjectStoreOptions { Bucket = "b" }));
    }

    private static IEnumerable<string> Mistakes(S3ObjectStoreOptions options)
    {
        var mistakes = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), mistakes, validateAllProperties: true);
        return mistakes.SelectMany(mistake => mistake.MemberNames);
    }
}
