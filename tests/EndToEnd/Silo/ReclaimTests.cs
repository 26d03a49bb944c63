namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>A silo that has become quiet gives memory back.</summary>
public sealed class ReclaimTests
{
    [Fact]
    public async Task MemoryIsGivenBack_WhenTheRushIsOver()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Memory__ReclaimAboveMebibytes", "1"));
        using var api = silo.As("ann");
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => api.UploadAsync(Samples.Padded(5_000_000))));
        await Eventually.TrueAsync(() => silo.Log.Contains("Memory reclaimed: RSS ", StringComparison.Ordinal), "memory is given back");
        await api.UploadAsync(Samples.Mp4);
    }
}
