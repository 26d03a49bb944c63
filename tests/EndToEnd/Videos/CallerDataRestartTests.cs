using System.Text;
using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Videos;

/// <summary>What an upload was created with is there when it becomes a video, whatever happens in between.</summary>
public sealed class CallerDataRestartTests
{
    [Fact]
    public async Task DataIsInTheRecord_WhenTheSiloWasKilledInTheMiddle()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var api = silo.As("ann");
        var tus = new TusClient(api);
        var metadata = $"external_id {Convert.ToBase64String("order-42"u8)},title {Convert.ToBase64String(Encoding.UTF8.GetBytes("Ferien"))}";
        var path = await tus.CreateAsync(Samples.Mp4.Length, ("Upload-Metadata", metadata));
        (await tus.PatchAsync(path, 0, Samples.Mp4[..1000])).Is(204);
        await silo.KillAsync();
        await silo.StartAgainAsync();
        (await tus.PatchAsync(path, 1000, Samples.Mp4[1000..])).Is(204);

        var record = await api.UntilAsync(TusClient.IdOf(path), "ready");
        Assert.Equal("order-42", record.GetProperty("external_id").GetString());
        Assert.Equal("Ferien", record.GetProperty("metadata").GetProperty("title").GetString());
    }
}
