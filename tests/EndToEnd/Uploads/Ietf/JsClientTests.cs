namespace Ingestion.Tests.EndToEnd.Uploads.Ietf;

/// <summary>
/// A client that others wrote: tus-js-client speaks an earlier iteration of the draft, which differs from ours in its version number and in
/// what this client does not use.
/// </summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class JsClientTests(DefaultSilo shared)
{
    private Tus.JsClientTests Client => new(shared);

    [NodeTheory]
    [InlineData("""{"protocol":"ietf-draft-05"}""", "POST 201, PATCH 201")]
    [InlineData("""{"protocol":"ietf-draft-05","chunkSize":8000}""", "POST 201, PATCH 204, PATCH 204, PATCH 204, PATCH 201")]
    public async Task VideoIsTheFile_WhenUploadedWith(string options, string requests)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var run = await Client.RunAsync(api, JsonSerializer.Deserialize<JsonElement>(options));
        Assert.Equal(requests, Tus.JsClientTests.Requests(run));
        await IsVideoAsync(api, run);
    }

    /// <summary>The connection breaks in the middle of the only PATCH: the client looks where it was and sends the rest.</summary>
    [NodeTheory]
    [InlineData(5_000)]
    [InlineData(20_000)]
    public async Task VideoIsTheFile_WhenTheConnectionIsTornAfterBytes(int cutAfter)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var run = await Client.RunAsync(api, new { protocol = "ietf-draft-05" }, cutAfter: cutAfter);
        Assert.Equal("POST 201, HEAD 204, PATCH 201", Tus.JsClientTests.Requests(run));
        await IsVideoAsync(api, run);
    }

    private static Task IsVideoAsync(ApiClient api, JsonElement run) =>
        Direct.DirectTests.IsVideoAsync(api, IetfClient.IdOf(Tus.JsClientTests.PathOf(run)), Samples.Mp4);
}
