using Ingestion.Silo.Telemetry;

namespace Ingestion.Tests.Unit.Telemetry;

public class BuildMetricsTests
{
    [Fact]
    public void Revision_IsACommit_WhenTheBuildIsOfACheckout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !Path.Exists(Path.Combine(folder.FullName, ".git")))
            folder = folder.Parent;
        Assert.Matches(folder is null ? "^$" : "^[0-9a-f]{40}$", BuildMetrics.Revision);
        Assert.DoesNotContain('+', BuildMetrics.Version);
    }
}
