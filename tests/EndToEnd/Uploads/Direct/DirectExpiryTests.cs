namespace Ingestion.Tests.EndToEnd.Uploads.Direct;

/// <summary>Addresses and uploads whose time is over.</summary>
public sealed class DirectExpiryTests(DirectExpiryTests.HastySilo shared) : IClassFixture<DirectExpiryTests.HastySilo>
{
    [Fact]
    public async Task AddressIsOfNoUseAndAFreshOneIs_WhenItHasExpired()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        var upload = await client.BeginAsync(Samples.Mp4);
        Answer? late = null;
        await Eventually.TrueAsync(async () => (late = await client.PutAsync(upload.UrlOf(1), Samples.Mp4)).Status == 403, "the address expires");
        late!.IsProblem(403, "url_expired");

        // However soon the fresh one expires too: one of them is used in time.
        var tag = "";
        await Eventually.TrueAsync(
            async () =>
            {
                var fresh = (await client.IssueAsync(upload, 1)).Is(200).Json.GetProperty("parts")[0].GetProperty("url").GetString()!;
                var answer = await client.PutAsync(fresh, Samples.Mp4);
                tag = answer.Header("ETag") ?? "";
                return answer.Status == 200;
            },
            "a fresh address is good");
        (await client.CompleteAsync(upload, new SentPart(1, tag))).Is(201);
        await DirectTests.IsVideoAsync(api, upload.Id, Samples.Mp4);
    }

    [Fact]
    public async Task BytesAreRemovedAndTheOwnerIsNotified_WhenTheUploadIsAbandoned()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        await using var socket = await StatusClient.SubscribedAsync(api);
        var upload = await client.BeginAsync(Samples.Mp4);
        await client.PutAsync(upload.UrlOf(1), Samples.Mp4);
        Assert.Equal("upload.expired", (await socket.UntilAsync(upload.Id, "expired"))[^1].Json.GetProperty("data").GetProperty("type").GetString());
        Assert.InRange((await client.PartsAsync(upload)).Status, 404, 410);
        await Eventually.TrueAsync(() => !shared.Data.Uploads.Any(file => file.Contains(upload.Id, StringComparison.Ordinal)), "its bytes are gone");
    }

    /// <summary>Addresses live a second, uploads six, and the janitor looks every second.</summary>
    public sealed class HastySilo : SiloFixture
    {
        private protected override (string Name, string Value)[] Settings =>
            [("DirectUploads__UrlLifetimeSeconds", "1"), ("Uploads__TimeToLiveSeconds", "6"), ("Uploads__JanitorSeconds", "1")];
    }
}
