namespace Ingestion.Tests.EndToEnd.Uploads.Resumable;

/// <summary>The disk fills up under a resumable upload.</summary>
public sealed class DiskFullResumeTests
{
    [SmallDiskFact]
    public async Task UploadContinues_WhenThereIsRoomAgain()
    {
        using var disk = SmallDisk.Mount(kibibytes: 12 * 1024);
        await using var silo = await SiloProcess.StartAsync(Path.Combine(disk.Path, "data"), ("Uploads__RequireKnownContainer", "false"), ("Roles", "api"));
        using var api = silo.As("alice");
        var upload = new ResumingUpload(api, length: 4_000_000, chunk: 400_000);
        var freed = 0;
        var id = await upload.RunAsync(() =>
        {
            // Full for two requests, then free again.
            if (upload.Sent == 3)
                disk.FillUpTo(freePages: 8);
            else if (upload.Sent == 5 && freed++ == 0)
                disk.Free();
            return Task.CompletedTask;
        });

        Assert.True(upload.Sent > 10, "requests were refused");
        await upload.AssertWholeAsync(id);
    }
}
