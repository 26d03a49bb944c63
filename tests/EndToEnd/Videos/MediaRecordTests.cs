using System.Diagnostics;

namespace Ingestion.Tests.EndToEnd.Videos;

/// <summary>What the API says of files as they are sent; the whole corpus is in the unit tests.</summary>
[Collection(DefaultSilo.Name)]
public sealed class MediaRecordTests(DefaultSilo shared)
{
    private static readonly string[] _copy = ["-i", Samples.PathOf("sample.mp4"), "-c", "copy"];

    [MediaFact]
    public async Task PortraitIsPortrait_WhenAPhoneHasTurnedIt()
    {
        var media = await MediaOfAsync(await MakeAsync("mov", [.. _copy, "-metadata:s:v", "rotate=270"]));
        Assert.Equal((180, 320), (media.GetProperty("width").GetInt32(), media.GetProperty("height").GetInt32()));
        Assert.Equal((320, 180), (media.GetProperty("coded_width").GetInt32(), media.GetProperty("coded_height").GetInt32()));
        Assert.Equal((90, "9:16", "mov"),
            (media.GetProperty("rotation").GetInt32(), media.GetProperty("aspect_ratio").GetString(), media.GetProperty("container").GetString()));
    }

    [MediaFact]
    public async Task WarningStandsInTheRecord_WhenHalfOfAFileIsMissing()
    {
        var whole = await MakeAsync("mp4", [.. _copy, "-movflags", "+faststart"]);
        var media = await MediaOfAsync(whole[..(whole.Length / 2)]);
        Assert.Equal(["media_truncated"], media.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()));
    }

    [MediaFact]
    public async Task CamcorderFileIsTaken_WhenItBeginsBetweenPackets()
    {
        var stream = await MakeAsync("mpegts", [.. _copy, "-mpegts_m2ts_mode", "1"]);
        var media = await MediaOfAsync(stream[100..]);
        Assert.Equal(("mpegts", "h264"), (media.GetProperty("container").GetString(), media.GetProperty("video_codec").GetString()));
    }

    [MediaTheory]
    [InlineData("audio_only", "ogg", "-vn", "-c:a", "libvorbis")]
    [InlineData("image_only", "gif", "-an", "-r", "2")]
    [InlineData("raw_stream", "h264", "-an", "-c", "copy")]
    public async Task UploadIsRefusedWithTheReason_WhenItIsNoVideo(string code, string format, params string[] arguments)
    {
        var file = await MakeAsync(format, ["-i", Samples.PathOf("sample.mp4"), .. arguments]);
        using var api = shared.Silo.As(SiloFixture.NewUser());
        (await api.PostAsync(FormBody.Of(file, "film.mp4"))).IsProblem(415, code);
    }

    private async Task<JsonElement> MediaOfAsync(byte[] file)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var id = await api.UploadToReadyAsync(file, "film");
        var record = await api.GetJsonAsync($"/api/videos/{id}");
        (await api.GetAsync(record.GetProperty("links").GetProperty("poster").GetString()!)).Is(200);
        return record.GetProperty("media");
    }

    private static async Task<byte[]> MakeAsync(string format, string[] arguments)
    {
        using var folder = new TempFolder();
        var path = folder.In("made");
        using var ffmpeg = Process.Start(ProgramPath.Find("ffmpeg")!, ["-v", "error", "-nostdin", .. arguments, "-f", format, path]);
        await ffmpeg.WaitForExitAsync();
        Assert.Equal(0, ffmpeg.ExitCode);
        return await File.ReadAllBytesAsync(path);
    }
}
