using System.Security.Cryptography;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Videos;

/// <summary>The digest of what is stored is in the record, whatever way a video came in, and on its download.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class DigestTests(DefaultSilo shared)
{
    private static readonly string _expected = Hex(Samples.Mp4);

    [Theory]
    [MemberData(nameof(CallerDataTests.Ways), MemberType = typeof(CallerDataTests))]
    public async Task DigestIsInTheRecordAndTheList_WhenTheVideoCameBy(string way)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var record = await api.UntilAsync(await CallerDataTests.UploadAsync(api, way, "order-42"), "ready");
        Assert.Equal(_expected, record.GetProperty("sha256").GetString());
        Assert.Equal(_expected, (await api.GetJsonAsync("/api/videos")).GetProperty("items")[0].GetProperty("sha256").GetString());
    }

    [Fact]
    public async Task DigestIsThatOfTheWhole_OnGetHeadAndParts()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var id = await api.UploadToReadyAsync(Samples.Mp4);
        var expected = $"sha-256=:{Convert.ToBase64String(SHA256.HashData(Samples.Mp4))}:";
        var source = $"/api/videos/{id}/source";
        var whole = (await api.GetAsync(source)).Is(200);
        Assert.Equal(expected, whole.Header("Repr-Digest"));
        Assert.Equal(expected, (await api.SendAsync(HttpMethod.Head, source)).Is(200).Header("Repr-Digest"));
        Assert.Equal(expected, (await api.GetAsync(source, ("Range", "bytes=5-9"))).Is(206).Header("Repr-Digest"));
        Assert.Null((await api.GetAsync(source, ("Range", "bytes=99999999-"))).Is(416).Header("Repr-Digest"));
        Assert.Null((await api.GetAsync(source, ("If-None-Match", whole.Header("ETag")!))).Is(304).Header("Repr-Digest"));
    }

    [MediaTheory]
    [InlineData(200, "no_video_stream")]
    [InlineData(60, "media_unreadable")]
    public async Task DigestIsThere_WhenTheVideoFailed(int length, string code)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var file = Samples.Read(code == "media_unreadable" ? "sample.mkv" : "sample.mp4")[..length];
        var record = await api.UntilAsync(await api.UploadAsync(file), "failed");
        Assert.Equal((code, Hex(file)), (record.GetProperty("error").GetProperty("code").GetString(), record.GetProperty("sha256").GetString()));
    }

    /// <summary>On a silo of its own, whose metrics are counted.</summary>
    [Fact]
    public async Task OperatorSeesIt_WhenTheStoredBytesHaveChanged()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, ("Worker__ToolPath", "/nonexistent"));
        using var api = silo.As("alice");
        using var anyone = new ApiClient(silo.Address, token: null);
        var id = await api.UploadToReadyAsync(Samples.Mp4);
        await ReprocessAsync(api, id);
        Assert.DoesNotContain("is not what it was", silo.Log, StringComparison.Ordinal);

        var file = Directory.EnumerateFiles(Path.Combine(silo.Data, "objects"), "source*", SearchOption.AllDirectories).Single();
        var changed = Samples.Mp4;
        changed = [.. changed[..5000], (byte)(changed[5000] ^ 1), .. changed[5001..]];
        await File.WriteAllBytesAsync(file, changed);
        var record = await ReprocessAsync(api, id);
        Assert.Equal(Hex(changed), record.GetProperty("sha256").GetString());
        Assert.Contains($"The stored source of video {id} is not what it was: SHA-256 {_expected} when it was last processed, {Hex(changed)} now", silo.Log,
            StringComparison.Ordinal);
        Assert.Matches(@"(?m)^ingestion_source_changed_total(\{.*\})? 1$", (await anyone.GetAsync("/metrics")).Is(200).Text);
    }

    [NodeFact]
    public async Task DigestIsRightOnS3_ByEveryWay_AndWhenTheSiloIsKilledWhileItReads()
    {
        await using var bucket = await S3Bucket.CreateAsync();
        await using var silo = await SiloProcess.StartAsync(data: null, [.. bucket.Settings, ("S3__RetrySeconds", "60"), ("S3__AttemptSeconds", "60")]);
        using var api = silo.As("alice");
        foreach (var way in CallerDataTests.Ways.Cast<object[]>().Select(row => (string)row[0]))
        {
            var record = await api.UntilAsync(await CallerDataTests.UploadAsync(api, way, "order-42"), "ready");
            Assert.Equal((way, _expected), (way, record.GetProperty("sha256").GetString()));
        }

        var held = 0;
        bucket.Front.Decide = request => S3Bucket.IsSourceRead(request) && Interlocked.Increment(ref held) > 0 ? Fault.Hang : Fault.None;
        var id = await api.UploadAsync(Samples.Mp4);
        await Eventually.TrueAsync(() => Volatile.Read(ref held) > 0, "the source is being read");
        Assert.Equal("digest", await StepAsync(api, id));
        await silo.KillAsync();
        bucket.Front.Decide = _ => Fault.None;
        await silo.StartAgainAsync();
        Assert.Equal(_expected, (await api.UntilAsync(id, "ready")).GetProperty("sha256").GetString());
    }

    private static async Task<string?> StepAsync(ApiClient api, string id)
    {
        string? step = null;
        await Eventually.TrueAsync(
            async () => (await api.GetJsonAsync($"/api/videos/{id}")).TryGetProperty("progress", out var progress)
                && progress.TryGetProperty("step", out var named) && (step = named.GetString()) is not null,
            "the record names the step");
        return step;
    }

    private static async Task<JsonElement> ReprocessAsync(ApiClient api, string id)
    {
        var before = await api.GetJsonAsync($"/api/videos/{id}");
        (await api.SendAsync(HttpMethod.Post, $"/api/videos/{id}/reprocess")).Is(202);
        JsonElement record = default;
        await Eventually.TrueAsync(
            async () =>
            {
                record = await api.GetJsonAsync($"/api/videos/{id}");
                return record.GetProperty("status").GetString() == "ready"
                    && record.GetProperty("updated_at").GetString() != before.GetProperty("updated_at").GetString();
            },
            "it was processed again");
        return record;
    }

    private static string Hex(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
