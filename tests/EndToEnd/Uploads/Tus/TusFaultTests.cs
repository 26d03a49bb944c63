namespace Ingestion.Tests.EndToEnd.Uploads.Tus;

/// <summary>The silo dies, its disk fills up: what was acknowledged stays, and the client continues.</summary>
public sealed class TusFaultTests
{
    [Fact]
    public async Task UploadContinuesFromTheAcknowledgedOffset_WhenTheSiloIsKilled()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var api = silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var file = Samples.Padded(1_000_000);
        var metadata = $"filename {TusClient.Base64("after the fall.mp4")}";
        var path = await tus.CreateAsync(file.Length, ("Upload-Metadata", metadata));
        (await tus.PatchAsync(path, 0, file[..300_000])).Is(204);

        await silo.KillAsync();
        await silo.StartAgainAsync();

        var head = (await tus.HeadAsync(path)).Is(200);
        Assert.Equal(("300000", "1000000", metadata), (head.Header("Upload-Offset"), head.Header("Upload-Length"), head.Header("Upload-Metadata")));
        (await tus.PatchAsync(path, 300_000, file[300_000..])).Is(204);
        await CreationTests.IsVideoAsync(api, path, file);
    }

    [SmallDiskFact]
    public async Task Is507AndTheUploadGoesOnLater_WhenTheDiskFillsUp()
    {
        using var disk = SmallDisk.Mount(kibibytes: 8 * 1024);
        await using var silo = await SiloProcess.StartAsync(Path.Combine(disk.Path, "data"));
        using var api = silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var file = Samples.Padded(3_000_000);
        var path = await tus.CreateAsync(file.Length);
        (await tus.PatchAsync(path, 0, file[..300_000])).Is(204);

        disk.FillUpTo(freePages: 100);
        Assert.Equal("1.0.0", (await tus.PatchAsync(path, 300_000, file[300_000..])).IsProblem(507, "storage_full").Header("Tus-Resumable"));
        Assert.Equal("1.0.0", (await tus.PostAsync(null, ("Upload-Length", "5"))).Header("Tus-Resumable"));
        disk.Free();

        var offset = await tus.OffsetAsync(path);
        Assert.InRange(offset, 300_000, file.Length - 1);
        (await tus.PatchAsync(path, offset, file[(int)offset..])).Is(204);
        await CreationTests.IsVideoAsync(api, path, file);
    }
}
