using System.Globalization;
using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Uploads.Limits;

/// <summary>What one user may store, and how limits are reported.</summary>
public sealed class QuotaTests
{
    private static readonly long _size = Samples.Mp4.Length;

    [Fact]
    public async Task UploadsAreTakenOneForAnother_WhenAllSlotsAreInUse()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Limits__MaxConcurrentUploadsPerUser", "2"));
        using var api = silo.As("ann");
        var (tus, data) = (new TusClient(api), new DataFolder(silo.Data));
        var first = await tus.CreateAsync(_size);
        var second = await tus.CreateAsync(_size);
        var before = data.Snapshot();
        foreach (var refused in new[] { await tus.PostAsync(null, ("Upload-Length", "10")), await api.PostAsync(FormBody.Of(Samples.Mp4)) })
            Assert.Equal("5", refused.IsProblem(429, "too_many_uploads").Header("Retry-After"));
        Assert.Equal(before, data.Snapshot());
        Assert.Equal((2, 2 * _size, 0, 0), await UsageAsync(api));

        // One is given up, the other becomes a video: both make room.
        (await tus.DeleteAsync(first)).Is(204);
        await api.UploadAsync(Samples.Mp4);
        (await tus.PatchAsync(second, 0, Samples.Mp4)).Is(204);
        await tus.CreateAsync(_size);
        await tus.CreateAsync(_size);
        Assert.Equal((2, 2 * _size, 2 * _size, 2 * _size), await UsageAsync(api));
        using var other = silo.As("bob");
        await other.UploadAsync(Samples.Mp4);
    }

    [Fact]
    public async Task BytesHaveRoomAgain_WhenAVideoIsRemoved()
    {
        // A form reserves what its body takes, which is a little more than the file.
        var limit = (2 * _size) + 1_000;
        await using var silo = await SiloProcess.StartAsync(null, ("Limits__MaxTotalBytesPerUser", $"{limit}"));
        using var api = silo.As("ann");
        var (tus, data) = (new TusClient(api), new DataFolder(silo.Data));
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        var open = await tus.CreateAsync(_size);
        await data.UntilQuietAsync();
        var before = data.Snapshot();
        foreach (var refused in new[] { await tus.PostAsync(null, ("Upload-Length", "1001")), await api.PostAsync(FormBody.Of(Samples.Mp4)),
            await api.PostAsync(FormBody.Of(Samples.Mp4), chunked: true) })
            Assert.Null(refused.IsProblem(403, "quota_exceeded").Header("Retry-After"));
        await Eventually.TrueAsync(() => data.Snapshot() == before, "nothing is left of them");
        Assert.Equal((1, _size, _size, _size), await UsageAsync(api));
        Assert.Equal(limit, (await api.GetJsonAsync("/api/usage")).GetProperty("limits").GetProperty("total_bytes").GetInt64());

        (await api.DeleteAsync($"/api/videos/{video}")).Is(204);
        await Eventually.TrueAsync(async () => (await UsageAsync(api)).Total == 0, "its bytes are returned");
        await api.UploadAsync(Samples.Mp4);
        (await tus.PatchAsync(open, 0, Samples.Mp4)).Is(204);
        (await tus.PostAsync(null, ("Upload-Length", "1001"))).IsProblem(403, "quota_exceeded");
        await tus.CreateAsync(1_000);
    }

    [Fact]
    public async Task DayIsOver_WhenItsBytesAreTaken()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Limits__MaxDailyBytesPerUser", $"{(2 * _size) - 1}"));
        using var api = silo.As("ann");
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        // Removing it does not make the day longer.
        (await api.DeleteAsync($"/api/videos/{video}")).Is(204);
        await Eventually.TrueAsync(async () => (await UsageAsync(api)).Total == 0, "its bytes are returned");

        var refused = (await api.PostAsync(FormBody.Of(Samples.Mp4))).IsProblem(429, "daily_quota_exceeded");
        Assert.InRange(int.Parse(refused.Header("Retry-After")!, CultureInfo.InvariantCulture), 1, 86_400);
        await new TusClient(api).CreateAsync(_size - 1);
        Assert.Equal((1, _size - 1, 0, _size), await UsageAsync(api));
    }

    [Fact]
    public async Task UsageIsVisibleToItsUserOnly()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var api = silo.As("ann");
        await api.UploadAsync(Samples.Mp4);
        using var other = silo.As("bob", "read");
        Assert.Equal((0, 0, 0, 0), await UsageAsync(other));
        var limits = (await api.GetJsonAsync("/api/usage")).GetProperty("limits");
        Assert.Equal((1L << 40, JsonValueKind.Null), (limits.GetProperty("total_bytes").GetInt64(), limits.GetProperty("daily_bytes").ValueKind));
        using var uploader = silo.As("ann", "upload");
        (await uploader.GetAsync("/api/usage")).IsProblem(403, "scope_missing");
        using var anonymous = new ApiClient(silo.Address, token: null);
        (await anonymous.GetAsync("/api/usage")).IsProblem(401, "token_missing");
    }

    internal static async Task<(int Uploads, long Reserved, long Total, long Day)> UsageAsync(ApiClient api)
    {
        var usage = await api.GetJsonAsync("/api/usage");
        long Number(string name) => usage.GetProperty(name).GetInt64();
        return ((int)Number("uploads"), Number("reserved_bytes"), Number("total_bytes"), Number("day_bytes"));
    }
}
