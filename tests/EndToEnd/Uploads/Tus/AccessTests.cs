namespace Ingestion.Tests.EndToEnd.Uploads.Tus;

/// <summary>Every request is authorised, not only the first; another's upload looks like none.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class AccessTests(DefaultSilo shared)
{
    private static readonly string[] _methods = ["HEAD", "PATCH", "DELETE"];

    [Theory]
    [InlineData("unknown")]
    [InlineData("another's")]
    [InlineData("another's that is whole")]
    [InlineData("0")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("..%2f..%2fkeys%2ftoken.key")]
    [InlineData("%2e%2e")]
    [InlineData("10 kB")]
    public async Task Is404WithoutOffset_WhenTheUploadIs(string kind)
    {
        using var stranger = shared.Silo.As(SiloFixture.NewUser());
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var (strangers, tus) = (new TusClient(stranger), new TusClient(api));
        var open = TusClient.PathOf(await strangers.PostAsync(Samples.Mp4[..1000], ("Upload-Length", $"{Samples.Mp4.Length}")));
        var whole = TusClient.PathOf(await strangers.PostAsync(Samples.Mp4, ("Upload-Length", $"{Samples.Mp4.Length}")));
        var path = kind switch
        {
            "another's" => open,
            "another's that is whole" => whole,
            "unknown" => $"{TusClient.Uploads}/{Guid.CreateVersion7():N}",
            "10 kB" => $"{TusClient.Uploads}/{new string('a', 10 * 1024)}",
            _ => $"{TusClient.Uploads}/{kind}",
        };

        foreach (var method in _methods)
        {
            var answer = await RawHttp.RequestAsync(
                shared.Silo.Address, method, path, tus.Fields(
                "Upload-Offset: 1000", $"Content-Type: {TusClient.PieceType}", "Content-Length: 0", "Connection: close"));
            Assert.Null(answer.Is(404).Header("Upload-Offset"));
            if (method != "HEAD")
                answer.IsProblem(404, "not_found");
        }

        Assert.Equal(1000, await strangers.OffsetAsync(open));
        Assert.Equal(Samples.Mp4.Length, await strangers.OffsetAsync(whole));
        Assert.Equal([TusClient.IdOf(whole)], await stranger.ListAsync());
    }

    [Fact]
    public async Task IsRefusedAndNothingIsDone_WhenTheTokenIsMissingOrLacksTheScope()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        using var anonymous = new ApiClient(shared.Silo.Address, token: null);
        // The owner's own, but for reading only.
        using var reader = new ApiClient(shared.Silo.Address,
            HandMadeToken.Sign(shared.Silo.Data, new TokenClaims(HandMadeToken.Read(api.Token!).GetProperty("sub").GetString(), ["read"])));
        foreach (var method in new[] { "POST", "HEAD", "PATCH", "DELETE" })
        {
            var target = method == "POST" ? TusClient.Uploads : path;
            var body = method == "PATCH" ? Samples.Mp4 : null;
            (string, string)[] fields = [("Upload-Offset", "0"), ("Upload-Length", "10")];
            Assert.Null((await new TusClient(anonymous).SendAsync(method, target, body, fields)).Is(401).Header("Upload-Offset"));
            Assert.Null((await new TusClient(reader).SendAsync(method, target, body, fields)).Is(403).Header("Upload-Offset"));
        }

        Assert.Equal(0, await tus.OffsetAsync(path));
    }

    [Theory]
    [InlineData("PUT", TusClient.Uploads)]
    [InlineData("PATCH", TusClient.Uploads)]
    [InlineData("DELETE", TusClient.Uploads)]
    [InlineData("PUT", TusClient.Uploads + "/0123456789abcdef0123456789abcdef")]
    [InlineData("POST", TusClient.Uploads + "/0123456789abcdef0123456789abcdef")]
    public async Task MethodIsNotAllowed_WhenTheAddressDoesNotKnowIt(string method, string path)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var answer = (await new TusClient(api).SendAsync(method, path)).IsProblem(405, "method_not_allowed");
        Assert.NotNull(answer.Header("Allow"));
    }
}
