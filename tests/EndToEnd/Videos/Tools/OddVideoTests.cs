using System.Diagnostics;

namespace Ingestion.Tests.EndToEnd.Videos.Tools;

/// <summary>Videos that are expensive to process: they end soon, with a code for the reason, or are ready.</summary>
[Collection(DefaultSilo.Name)]
public sealed class OddVideoTests(DefaultSilo shared)
{
    [MediaTheory]
    [InlineData("mov", "png", "rgb24")]
    [InlineData("avi", "mjpeg", "yuvj420p")]
    public async Task BombFailsWithItsCode_WhenItsPicturesAreHuge(string container, string codec, string pixels)
    {
        var bomb = await MakeAsync(container, "-f", "lavfi", "-i", "color=black:s=16000x16000:r=1", "-frames:v", "1", "-pix_fmt", pixels, "-c:v", codec);
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var id = await api.UploadAsync(bomb, "bomb");
        Assert.Equal("dimensions_too_large", (await api.UntilAsync(id, "failed")).GetProperty("error").GetProperty("code").GetString());
    }

    [MediaFact]
    public async Task VideoFailsWithItsCode_WhenItHasTooManyTracks()
    {
        string[] tracks = [.. Enumerable.Repeat<string[]>(["-map", "0:a"], 70).SelectMany(map => map)];
        var video = await MakeAsync("mp4", ["-i", Samples.PathOf("sample.mp4"), "-map", "0:v", .. tracks, "-c", "copy"]);
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var id = await api.UploadAsync(video);
        Assert.Equal("too_many_streams", (await api.UntilAsync(id, "failed")).GetProperty("error").GetProperty("code").GetString());
    }

    [MediaFact]
    public async Task VideoIsReadyWithItsPoster_WhenItIsTallNoise()
    {
        var noise = await MakeAsync("mov", "-f", "lavfi", "-i", "nullsrc=s=1280x8000:r=1:d=2,geq=random(1)*255:128:128", "-c:v", "mjpeg", "-q:v", "2",
            "-pix_fmt", "yuvj420p");
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var id = await api.UploadToReadyAsync(noise, "noise.mov");
        Assert.InRange((await api.GetAsync($"/api/videos/{id}/poster")).Is(200).Body.Length, 10_000, 4_000_000);
    }

    private static async Task<byte[]> MakeAsync(string format, params string[] arguments)
    {
        using var folder = new TempFolder();
        var path = folder.In("made");
        using var ffmpeg = Process.Start(ProgramPath.Find("ffmpeg")!, ["-v", "error", "-nostdin", .. arguments, "-f", format, path]);
        await ffmpeg.WaitForExitAsync();
        Assert.Equal(0, ffmpeg.ExitCode);
        return await File.ReadAllBytesAsync(path);
    }
}
