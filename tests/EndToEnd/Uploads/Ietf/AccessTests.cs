namespace Ingestion.Tests.EndToEnd.Uploads.Ietf;

/// <summary>Every request is authorised, not only the first; another's upload looks like none.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class AccessTests(DefaultSilo shared)
{
    private static readonly string[] _methods = ["GET", "HEAD", "PATCH", "DELETE"];

    [Theory]
    [InlineData("unknown")]
    [InlineData("another's")]
    [InlineData("another's that is whole")]
    [InlineData("another's form")]
    [InlineData("0")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("..%2f..%2fkeys%2ftoken.key")]
    public async Task Is404WithoutOffset_WhenTheUploadIs(string kind)
    {
        using var stranger = shared.Silo.As(SiloFixture.NewUser());
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var (strangers, client) = (new IetfClient(stranger), new IetfClient(api));
        var open = await strangers.CreateAsync(Samples.Mp4[..1000]);
        var whole = (await strangers.PostAsync(Samples.Mp4, last: true)).Is(201).Json.GetProperty("video_id").GetString()!;
        var path = kind switch
        {
            "another's" => open,
            "another's that is whole" => $"{IetfClient.Uploads}/{whole}",
            "another's form" => $"{IetfClient.Uploads}/{await stranger.UploadAsync(Samples.Mp4)}",
            "unknown" => $"{IetfClient.Uploads}/{Guid.CreateVersion7():N}",
            _ => $"{IetfClient.Uploads}/{kind}",
        };

        foreach (var method in _methods)
        {
            var answer = await RawHttp.RequestAsync(
                shared.Silo.Address, method, path,
                client.Fields("Upload-Draft-Interop-Version: 8", "Upload-Complete: ?1", "Upload-Offset: 1000", "Content-Type: application/partial-upload",
                "Content-Length: 0", "Connection: close"));
            Assert.Null(answer.Is(404).Header("Upload-Offset"));
            if (method != "HEAD")
                answer.IsProblem(404, "not_found");
        }

        Assert.Equal(1000, await strangers.OffsetAsync(open));
        Assert.Contains(whole, await stranger.ListAsync());
    }

    [Fact]
    public async Task IsRefusedAndNothingIsDone_WhenTheTokenIsMissingOrLacksTheScope()
    {
        var user = SiloFixture.NewUser();
        using var api = shared.Silo.As(user);
        var client = new IetfClient(api);
        var path = await client.CreateAsync(Samples.Mp4[..1000]);
        using var anonymous = new ApiClient(shared.Silo.Address, token: null);
        using var reader = shared.Silo.As(user, "read");
        foreach (var method in (string[])[.. _methods, "POST"])
        {
            foreach (var (other, status) in new[] { (anonymous, 401), (reader, 403) })
            {
                using var body = method is "PATCH" or "POST" ? new ByteArrayContent(Samples.Mp4[1000..]) : null;
                var answer = await new IetfClient(other).SendAsync(
                    method, method == "POST" ? IetfClient.Uploads : path, body, ("Upload-Offset", "1000"), ("Upload-Complete", "?1"),
                    ("Content-Type", body is null ? "" : IetfClient.PartialUpload));
                Assert.Null(answer.Is(status).Header("Upload-Offset"));
            }
        }

        Assert.Equal(1000, await client.OffsetAsync(path));
        Assert.Empty(await api.ListAsync());
    }

    /// <summary>A form can't be resumed: what it left is a video, and its upload is nothing that bytes can be added to.</summary>
    [Fact]
    public async Task NothingIsAdded_WhenTheUploadWasAForm()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var id = await api.UploadAsync(Samples.Mp4);
        var status = (await new IetfClient(api).PatchAsync($"{IetfClient.Uploads}/{id}", 0, Samples.Mp4, last: true)).Status;
        Assert.InRange(status, 400, 499);
        Assert.Equal(Samples.Mp4, (await api.GetAsync($"/api/videos/{id}/source")).Is(200).Body);
    }
}
