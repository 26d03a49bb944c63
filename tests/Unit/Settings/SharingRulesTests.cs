using Ingestion.Silo.Hosting;

namespace Ingestion.Tests.Unit.Settings;

public sealed class SharingRulesTests
{
    [Theory]
    [InlineData("postgres", "file", "file", false, "Ingestion:Store=file and Ingestion:Queue=file: set Ingestion:Store=s3 and Ingestion:Queue=sqs,")]
    [InlineData("postgres", "file", "sqs", false, "Ingestion:Store=file: set Ingestion:Store=s3,")]
    [InlineData("postgres", "s3", "file", false, "Ingestion:Queue=file: set Ingestion:Queue=sqs,")]
    [InlineData("postgres", "s3", "sqs", false, null)]
    [InlineData("postgres", "file", "file", true, null)]
    [InlineData("localhost", "file", "file", false, null)]
    public void Files_AreRefused_WhenOtherSilosShareTheState(string kind, string store, string queue, bool oneSilo, string? names)
    {
        var settings = new SiloSettings { Store = store, Queue = queue, Cluster = new ClusterSettings { Kind = kind, OneSilo = oneSilo } };
        var mistake = SharingRules.Mistake(settings);
        Assert.Equal(names is null, mistake is null);
        if (names is null)
            return;
        Assert.Contains(names, mistake, StringComparison.Ordinal);
        Assert.Contains("Ingestion:Cluster:OneSilo=true", mistake, StringComparison.Ordinal);
    }
}
