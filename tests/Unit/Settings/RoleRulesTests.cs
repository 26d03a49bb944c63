using Ingestion.Silo.Hosting;

namespace Ingestion.Tests.Unit.Settings;

public sealed class RoleRulesTests
{
    [Theory]
    // A silo of its own with a shared queue: others take its jobs, and it takes theirs.
    [InlineData("localhost", "sqs", "api", "Ingestion:Cluster:Kind=localhost")]
    [InlineData("localhost", "sqs", "worker", "Ingestion:Cluster:Kind=localhost")]
    // A cluster without a shared queue: no worker ever sees the jobs.
    [InlineData("postgres", "file", "api", "Ingestion:Queue=file")]
    [InlineData("postgres", "file", "worker", "Ingestion:Queue=file")]
    [InlineData("localhost", "sqs", "api,worker", null)]
    [InlineData("postgres", "sqs", "api", null)]
    [InlineData("postgres", "sqs", "worker", null)]
    [InlineData("postgres", "file", "worker,api", null)]
    [InlineData("localhost", "file", "api,worker", null)]
    // Its jobs lie beside its videos until it is started with both roles.
    [InlineData("localhost", "file", "api", null)]
    [InlineData("localhost", "file", "worker", null)]
    public void Roles_AreRefused_WhereTheirJobsWouldReachNoWorkerThatKnowsTheVideos(string kind, string queue, string roles, string? names)
    {
        var mistake = RoleRules.Mistake(Settings(kind, queue, roles));
        if (names is null)
        {
            Assert.Null(mistake);
            return;
        }

        Assert.StartsWith($"Ingestion:Roles={roles} ", mistake, StringComparison.Ordinal);
        Assert.Contains(names, mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file", "api", true)]
    [InlineData("file", "api,worker", false)]
    [InlineData("file", "worker", false)]
    [InlineData("sqs", "api", false)]
    public void JobsWait_WhenNoWorkerSeesTheFile(string queue, string roles, bool wait) =>
        Assert.Equal(wait, RoleRules.JobsWait(Settings("postgres", queue, roles)));

    private static SiloSettings Settings(string kind, string queue, string roles) =>
        new() { Queue = queue, Roles = roles, Cluster = new ClusterSettings { Kind = kind } };
}
