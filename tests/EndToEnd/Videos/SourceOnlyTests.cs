using System.Security.Cryptography;

namespace Ingestion.Tests.EndToEnd.Videos;

/// <summary>A silo that finds neither ffprobe nor ffmpeg.</summary>
public sealed class ToollessSilo : SiloFixture
{
    private protected override (string Name, string Value)[] Settings => [("Worker__ToolPath", "/nonexistent")];
}

/// <summary>Without ffmpeg a video becomes ready with its source only, and reports that.</summary>
public sealed class SourceOnlyTests(ToollessSilo shared) : IClassFixture<ToollessSilo>
{
    [Fact]
    public async Task VideoIsReadyWithItsSourceOnlyAndReportsIt_WhenFfmpegIsMissing()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var first = await api.UploadAsync(Samples.Mp4);
        Assert.Equal(["receiving", "uploaded", "queued", "processing", "ready"], (await socket.UntilAsync(first, "ready")).Select(e => e.State));
        await api.UploadToReadyAsync(Samples.Mp4);

        var record = await api.GetJsonAsync($"/api/videos/{first}");
        Assert.Equal("ready", record.GetProperty("status").GetString());
        Assert.Equal("source_only", record.GetProperty("processing").GetString());
        Assert.Contains("ffmpeg", record.GetProperty("note").GetString(), StringComparison.Ordinal);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Samples.Mp4)), record.GetProperty("sha256").GetString());
        Assert.False(record.TryGetProperty("media", out _));
        Assert.False(record.TryGetProperty("error", out _));
        Assert.False(record.GetProperty("links").TryGetProperty("poster", out _));
        (await api.GetAsync($"/api/videos/{first}/poster")).IsProblem(404, "not_found");
        Assert.Equal(Samples.Mp4, (await api.GetAsync($"/api/videos/{first}/source")).Is(200).Body);
    }

    [Fact]
    public async Task LogReportsItInOneLine_WhenFfmpegIsMissing()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await api.UploadToReadyAsync(Samples.Mp4);
        Assert.Single(shared.Silo.Log.Split('\n'), line => line.Contains("ffmpeg", StringComparison.OrdinalIgnoreCase));
    }
}
