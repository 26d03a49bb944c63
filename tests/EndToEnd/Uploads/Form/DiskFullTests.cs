namespace Ingestion.Tests.EndToEnd.Uploads.Form;

/// <summary>The disk fills up: a clear answer, the partial file removed, and work continues once there is room.</summary>
public sealed class DiskFullTests
{
    [SmallDiskFact]
    public async Task Is507AndThePartialFileIsRemoved_WhenTheDiskFillsUpWithTheBytes()
    {
        using var disk = SmallDisk.Mount(kibibytes: 8 * 1024);
        await using var silo = await SiloProcess.StartAsync(Path.Combine(disk.Path, "data"));
        var data = new DataFolder(silo.Data);
        using var api = silo.As("alice");
        var before = data.Snapshot();

        (await api.PostAsync(FormBody.Of(Samples.Padded(10 * 1024 * 1024)))).IsProblem(507, "storage_full");
        Assert.Equal(before, data.Snapshot());
        Assert.Empty(await api.ListAsync());

        var id = await api.UploadToReadyAsync(Samples.Mp4);
        Assert.Equal(Samples.Mp4, (await api.GetAsync($"/api/videos/{id}/source")).Is(200).Body);
    }

    [SmallDiskFact]
    public async Task Is507AndNoVideoAppears_WhenTheBytesFitButTheStateDoesNot()
    {
        using var disk = SmallDisk.Mount(kibibytes: 8 * 1024);
        await using var silo = await SiloProcess.StartAsync(Path.Combine(disk.Path, "data"));
        var data = new DataFolder(silo.Data);
        using var api = silo.As("alice");
        var pagesOfTheFile = (Samples.Mp4.Length + 4095) / 4096;
        var refused = 0;
        Answer answer;
        // Page by page more room, so that each of the writes after the bytes is the one that fails once.
        for (var spare = 0; ; spare++)
        {
            Assert.True(spare < 20, "an upload fits at last");
            disk.FillUpTo(pagesOfTheFile + spare);
            answer = await api.PostAsync(FormBody.Of(Samples.Mp4));
            if (answer.Status == 201)
                break;
            answer.IsProblem(507, "storage_full");
            refused++;
            disk.Free();
            // Its job may be in the queue already; it will find no video and nothing left to sweep.
            Assert.Empty(data.Uploads);
            Assert.Empty(data.Objects);
            Assert.DoesNotContain(data.State, file => file.Contains("video", StringComparison.Ordinal));
            Assert.Empty(await api.ListAsync());
        }

        Assert.NotEqual(0, refused);
        disk.Free();
        var id = answer.Json.GetProperty("video_id").GetString()!;
        await api.UntilAsync(id, "ready");
        await using var socket = await StatusClient.SubscribedAsync(api, "0:0");
        Assert.Equal(["receiving", "uploaded", "queued", "processing", "ready"], (await socket.UntilAsync(id, "ready")).Where(e => e.VideoId == id)
            .Select(e => e.State));
    }
}
