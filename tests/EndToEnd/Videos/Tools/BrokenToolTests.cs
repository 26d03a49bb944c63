using System.Security.Cryptography;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Videos.Tools;

/// <summary>Tools that crash, hang and print rubbish: a good video becomes ready all the same, and no file is blamed for it.</summary>
public sealed class BrokenToolTests(BrokenToolTests.StubbedSilo shared) : IClassFixture<BrokenToolTests.StubbedSilo>
{
    [MediaTheory]
    [InlineData("kill -9 $$")]
    [InlineData("exit 139")]
    [InlineData("exit 1")]
    [InlineData("echo not-a-jpeg; exit 0")]
    [InlineData("yes error >&2")]
    public async Task VideoHasItsPoster_WhenFfmpegBreaksOnce(string act)
    {
        var tools = shared.FreshTools();
        using var api = shared.Silo.As(SiloFixture.NewUser());
        // The run that makes a poster, and not the one before that decodes.
        tools.Always("ffmpeg", $"case \"$*\" in *'-f mjpeg'*) if mkdir \"$D/broke\" 2>/dev/null; then {act}; fi;; esac");
        var id = await api.UploadToReadyAsync(Samples.Mp4);
        var poster = (await api.GetAsync($"/api/videos/{id}/poster")).Is(200).Body;
        Assert.Equal([0xFF, 0xD8, 0xFF], poster[..3]);
        Assert.Equal(3, tools.Runs("ffmpeg").Length);
    }

    [MediaTheory]
    [InlineData("kill -9 $$")]
    [InlineData("exec sleep 1000")]
    [InlineData("echo not-a-jpeg; exit 0")]
    public async Task VideoIsReadyWithoutAPoster_WhenFfmpegAlwaysBreaks(string act)
    {
        var tools = shared.FreshTools();
        using var api = shared.Silo.As(SiloFixture.NewUser());
        tools.Always("ffmpeg", act);
        var id = await api.UploadToReadyAsync(Samples.Mp4);
        (await api.GetAsync($"/api/videos/{id}/poster")).IsProblem(404, "not_found");
        Assert.Equal(4, tools.Runs("ffmpeg").Length);
        // The report, the end, and whether there is a packet: once each, as the job is not retried.
        Assert.InRange(tools.Runs("ffprobe").Length, 1, 3);
        Assert.Contains($"Video {id} stays without a poster", shared.Silo.Log, StringComparison.Ordinal);
    }

    [MediaTheory]
    [InlineData("kill -SEGV $$")]
    [InlineData("exit 139")]
    [InlineData("exit 1")]
    [InlineData("exec sleep 1000")]
    [InlineData("yes '{}'")]
    [InlineData("yes error >&2")]
    [InlineData("echo not-json; exit 0")]
    public async Task FileIsNotBlamed_WhenFfprobeBreaksOnce(string act)
    {
        var tools = shared.FreshTools();
        using var api = shared.Silo.As(SiloFixture.NewUser());
        tools.Once("ffprobe", act);
        await api.UploadToReadyAsync(Samples.Mp4);
        Assert.Equal(2, tools.Runs("ffprobe").Length);
    }

    [MediaFact]
    public async Task FileIsNotBlamedAndTheOperatorSeesWhy_WhenFfprobeAlwaysBreaks()
    {
        var tools = shared.FreshTools();
        using var api = shared.Silo.As(SiloFixture.NewUser());
        tools.Always("ffprobe", "echo 'no such library' >&2; exit 127");
        var id = await api.UploadAsync(Samples.Mp4);
        Assert.Equal("processing_failed", (await api.UntilAsync(id, "failed")).GetProperty("error").GetProperty("code").GetString());
        Assert.Contains("no such library", shared.Silo.Log, StringComparison.Ordinal);
    }

    /// <summary>On a silo of its own: its videos are still being tried when it ends.</summary>
    [MediaFact]
    public async Task OthersContinue_WhenOneUsersToolsHang()
    {
        using var tools = new StubTools();
        await using var silo = await StartAsync(tools);
        using var alice = silo.As("alice");
        using var bob = silo.As("bob");
        tools.Once("ffprobe", "exec sleep 1000");
        await alice.UploadAsync(Samples.Mp4);
        await Eventually.TrueAsync(() => tools.Runs("ffprobe").Length == 1, "the tool hangs");
        tools.Once("ffprobe", "exec sleep 1000");
        await alice.UploadAsync(Samples.Mp4);
        await Eventually.TrueAsync(() => tools.Runs("ffprobe").Length == 2, "both tools hang");
        await bob.UploadToReadyAsync(Samples.Mp4);
    }

    [NodeTheory]
    [InlineData(Fault.Unavailable, 2, 2)]
    [InlineData(Fault.ResetInAnswer, 2, 2)]
    [InlineData(Fault.Hang, 2, 2)]
    [InlineData(Fault.Unavailable, 0, 1)]
    [InlineData(Fault.Hang, 0, 1)]
    public async Task FileIsNotBlamed_WhenTheStoreFailsAfterSomeReads(Fault fault, int good, int probes)
    {
        await using var bucket = await S3Bucket.CreateAsync();
        using var tools = new StubTools();
        await using var silo = await StartAsync(tools, [.. bucket.Settings, ("S3__RetrySeconds", "1"), ("S3__AttemptSeconds", "1")]);
        using var api = silo.As("alice");
        var reads = 0;
        // The first read is for the digest, the second looks at the source's first bytes, the others are the tool's. They fail until the attempt has.
        bucket.Front.Decide = request =>
            S3Bucket.IsSourceRead(request) && Interlocked.Increment(ref reads) > good && !silo.Log.Contains("it will be retried", StringComparison.Ordinal)
                ? fault
                : Fault.None;
        var id = await api.UploadToReadyAsync(Samples.Mp4);
        (await api.GetAsync($"/api/videos/{id}/poster")).Is(200);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Samples.Mp4)), (await api.GetJsonAsync($"/api/videos/{id}")).GetProperty("sha256").GetString());
        Assert.Equal(probes, tools.Runs("ffprobe").Length);
    }

    private static Task<SiloProcess> StartAsync(StubTools tools, params (string Name, string Value)[] more) =>
        SiloProcess.StartAsync(data: null, [.. StubbedSilo.SettingsWith(tools), .. more]);

    /// <summary>For tests that end when their video is ready or failed: no tool of theirs runs any more.</summary>
    public sealed class StubbedSilo : SiloFixture, IDisposable
    {
        private readonly StubTools _tools = new();

        private protected override (string Name, string Value)[] Settings => SettingsWith(_tools);

        public void Dispose() => _tools.Dispose();

        internal static (string Name, string Value)[] SettingsWith(StubTools tools) =>
            [("Worker__ToolPath", tools.Path), ("Tools__StallSeconds", "2"), ("Worker__MaxAttempts", "3")];

        /// <summary>The tools of this silo, which work and have no runs yet.</summary>
        internal StubTools FreshTools()
        {
            _tools.Reset();
            return _tools;
        }
    }
}
