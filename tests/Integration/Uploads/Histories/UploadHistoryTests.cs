using System.Globalization;

namespace Ingestion.Tests.Integration.Uploads.Histories;

/// <summary>Many random histories of uploads, side by side on one cluster whose store and state fail now and then.</summary>
public sealed class UploadHistoryTests
{
    private const int Count = 1_000;
    private const int SideBySide = 8;
    private const int PartSize = 256 * 1024;

    private static readonly int _firstSeed =
        int.TryParse(Environment.GetEnvironmentVariable("INGESTION_TEST_SEED"), CultureInfo.InvariantCulture, out var seed)
            ? seed
            : Random.Shared.Next(1_000_000_000);

    [Fact]
    public async Task NothingAcknowledgedIsLostAndTheBytesAreRight_WhenAnythingHappens()
    {
        await using var cluster = await ServiceCluster.StartAsync(PartSize);
        cluster.StoreFault.Set(perMille: 10);
        cluster.ManifestFault.Set(perMille: 10);
        var edges = cluster.Silos.Select(silo => Edge.Of(cluster, silo)).ToArray();
        await Parallel.ForEachAsync(Enumerable.Range(_firstSeed, Count), new ParallelOptions { MaxDegreeOfParallelism = SideBySide }, async (seed, _) =>
        {
            try
            {
                await new UploadHistory(cluster, edges, seed).RunAsync();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"The history with seed {seed} fails (INGESTION_TEST_SEED={seed} begins with it): {e.Message}", e);
            }
        });
        Assert.True(cluster.StoreFault.Struck > 20 && cluster.ManifestFault.Struck > 20, "faults did strike");
    }
}
