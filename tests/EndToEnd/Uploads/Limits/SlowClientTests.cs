using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Uploads.Limits;

/// <summary>A client slower than the least rate is cut off; what it had sent counts where it can continue.</summary>
public sealed class SlowClientTests(SlowClientTests.ImpatientSilo shared) : IClassFixture<SlowClientTests.ImpatientSilo>
{
    private const int Sent = 150_000;

    [Fact]
    public async Task ClientIsCutOffAndKeepsItsProgress_WhenItStalls()
    {
        var file = Samples.Padded(400_000);
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(file.Length);
        using (var http = new RawHttp(shared.Silo.Address))
        {
            await http.SendHeadAsync($"PATCH {path} HTTP/1.1",
                tus.Fields("Upload-Offset: 0", $"Content-Type: {TusClient.PieceType}", $"Content-Length: {file.Length}"));
            await http.SendAsync(file.AsMemory(0, Sent));

            (await http.ReadAsync()).IsProblem(408, "upload_too_slow");
        }

        Assert.Equal(Sent, await tus.OffsetAsync(path));
        (await tus.PatchAsync(path, Sent, file[Sent..])).Is(204);
        await CreationTests.IsVideoAsync(api, path, file);
    }

    [Fact]
    public async Task NothingIsLeft_WhenAFormStalls()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var form = FormBody.Of(Samples.Padded(400_000)).Bytes;
        using var http = new RawHttp(shared.Silo.Address);
        await http.SendHeadAsync("POST /api/videos/upload HTTP/1.1", $"Authorization: Bearer {api.Token}", $"Content-Type: {new FormBody().ContentType}",
            $"Content-Length: {form.Length}");
        await http.SendAsync(form.AsMemory(0, Sent));

        (await http.ReadAsync()).IsProblem(408, "upload_too_slow");

        await Eventually.TrueAsync(() => shared.Data.Uploads.Length == 0, "its bytes are gone");
        Assert.Empty(await api.ListAsync());
    }

    public sealed class ImpatientSilo : SiloFixture
    {
        private protected override (string Name, string Value)[] Settings => [("Uploads__MinBytesPerSecond", "1000"), ("Uploads__SlowSeconds", "2")];
    }
}
