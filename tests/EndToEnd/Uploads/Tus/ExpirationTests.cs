namespace Ingestion.Tests.EndToEnd.Uploads.Tus;

/// <summary>Abandoned uploads.</summary>
public sealed class ExpirationTests(ExpirationTests.HastySilo shared) : IClassFixture<ExpirationTests.HastySilo>
{
    [Fact]
    public async Task UploadIsGoneAndLaterUnknown_WhenItsTimeIsOver()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var tus = new TusClient(api);
        var path = TusClient.PathOf(await tus.PostAsync(Samples.Mp4[..20_000], ("Upload-Length", $"{Samples.Mp4.Length}")));

        var last = (await socket.UntilAsync(TusClient.IdOf(path), "expired"))[^1];
        Assert.Equal("upload.expired", last.Json.GetProperty("data").GetProperty("type").GetString());
        await Eventually.TrueAsync(() => !shared.Data.Uploads.Any(file => file.Contains(TusClient.IdOf(path), StringComparison.Ordinal)), "its bytes are gone");
        (await tus.PatchAsync(path, 20_000, Samples.Mp4[20_000..])).Is(410);
        var statuses = new List<int>();
        await Eventually.TrueAsync(
            async () =>
            {
                var head = await tus.HeadAsync(path);
                Assert.Null(head.Header("Upload-Offset"));
                statuses.Add(head.Status);
                return head.Status == 404;
            },
            () => $"it is unknown: {string.Join(' ', statuses.Distinct())}");
        Assert.Equal([410, 404], statuses.Distinct());
    }

    /// <summary>Every byte that comes is a sign of life.</summary>
    [Fact]
    public async Task ExpiryMovesOn_WhenBytesCome()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var created = (await tus.PostAsync(null, ("Upload-Length", $"{Samples.Mp4.Length}"))).Is(201);
        var (path, first) = (TusClient.PathOf(created), TusClient.ExpiryOf(created));
        var offset = 0;
        var last = first;
        // The dates have whole seconds.
        await Eventually.TrueAsync(
            async () =>
            {
                last = TusClient.ExpiryOf((await tus.PatchAsync(path, offset, Samples.Mp4[offset..(offset + 10)])).Is(204));
                offset += 10;
                return last > first;
            },
            "it expires later");
        Assert.Equal(last, TusClient.ExpiryOf(await tus.HeadAsync(path)));
    }

    /// <summary>Three seconds to live, and a janitor that looks every second.</summary>
    public sealed class HastySilo : SiloFixture
    {
        private protected override (string Name, string Value)[] Settings => [("Uploads__TimeToLiveSeconds", "3"), ("Uploads__JanitorSeconds", "1")];
    }
}
