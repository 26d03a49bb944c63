using System.Security.Cryptography;

namespace Ingestion.Tests.EndToEnd.Uploads.Ietf;

/// <summary>Content-Digest over one request, Repr-Digest over the whole file (RFC 9530).</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class DigestTests(DefaultSilo shared)
{
    private const string Mismatch = IetfClient.ProblemTypes + "digest-mismatched-values";

    [Theory]
    [InlineData("sha-256")]
    [InlineData("sha-512")]
    [InlineData("md5=:AAAA:, sha-256")] // What is not known here stands beside what is.
    [InlineData("sha-256=:AAAA:, sha-512")] // The strongest one counts.
    public async Task BytesCount_WhenTheDigestOfTheRequestIsRight(string algorithm)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        var path = await client.CreateAsync(Samples.Mp4[..1000], ("Content-Digest", Digest(algorithm, Samples.Mp4[..1000])));
        Assert.Equal(1000, await client.OffsetAsync(path));
        (await client.PatchAsync(path, 1000, Samples.Mp4[1000..2000], last: false, ("Content-Digest", Digest(algorithm, Samples.Mp4[1000..2000])))).Is(204);
        await IetfClient.IsVideoAsync(api, await client.PatchAsync(
            path, 2000, Samples.Mp4[2000..], last: true, ("Content-Digest", Digest(algorithm, Samples.Mp4[2000..]))), Samples.Mp4);
    }

    [Theory]
    [InlineData("sha-256", false)]
    [InlineData("sha-512", true)]
    public async Task NoneOfTheBytesCount_WhenTheDigestOfTheRequestIsWrong(string algorithm, bool last)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        var path = await client.CreateAsync(Samples.Mp4[..1000]);
        var answer = await client.PatchAsync(path, 1000, Samples.Mp4[1000..], last, ("Content-Digest", Digest(algorithm, Samples.Mp4[999..])));
        Assert.Equal("?0", answer.IsProblem(400, "digest_mismatch", Mismatch).Header("Upload-Complete"));

        Assert.Equal(1000, await client.OffsetAsync(path));
        Assert.Empty(await api.ListAsync());
        await IetfClient.IsVideoAsync(api, await client.PatchAsync(path, 1000, Samples.Mp4[1000..], last: true), Samples.Mp4);
    }

    /// <summary>What is not whole can't be checked.</summary>
    [Fact]
    public async Task NoneOfTheBytesCount_WhenTheRequestBreaksOffBeforeItsDigestIsChecked()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        var path = await client.CreateAsync(Samples.Mp4[..1000]);
        using (var http = new RawHttp(shared.Silo.Address))
        {
            await http.SendHeadAsync(
                $"PATCH {path} HTTP/1.1",
                client.Fields("Upload-Complete: ?1", "Upload-Offset: 1000", "Content-Type: application/partial-upload",
                $"Content-Digest: {Digest("sha-256", Samples.Mp4[1000..])}", "Content-Length: 28986"));
            await http.SendAsync(Samples.Mp4.AsMemory(1000, 20_000));
            http.Shutdown();
            // The offset is the same before, during and after the request: only the end of its connection shows that it is over.
            await http.EndAsync();
        }

        await IetfClient.IsVideoAsync(api, await client.PatchAsync(path, 1000, Samples.Mp4[1000..], last: true), Samples.Mp4);
    }

    [Fact]
    public async Task NoUploadIsLeft_WhenTheDigestOfItsCreationIsWrong()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var answer = await new IetfClient(api).PostAsync(Samples.Mp4, last: true, ("Content-Digest", Digest("sha-256", Samples.Mp4[1..])));
        Assert.Equal("?1", answer.IsProblem(400, "digest_mismatch", Mismatch).Header("Upload-Complete"));
        Assert.Equal(["receiving", "failed"], (await socket.SoFarAsync()).Select(e => e.State));
        Assert.Empty(await api.ListAsync());
    }

    public enum DigestSent
    {
        AtCreation,
        AtTheEnd,
        InOneRequest,
    }

    [Theory]
    [InlineData(DigestSent.AtCreation, "sha-256")]
    [InlineData(DigestSent.AtCreation, "sha-512")]
    [InlineData(DigestSent.AtTheEnd, "sha-256")]
    [InlineData(DigestSent.InOneRequest, "sha-256")]
    public async Task AnswerIsTheVideo_WhenTheDigestOfTheWholeIsRight(DigestSent sent, string algorithm)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var (_, answer) = await UploadAsync(new IetfClient(api), sent, Digest(algorithm, Samples.Mp4));
        await IetfClient.IsVideoAsync(api, answer, Samples.Mp4);
    }

    [Theory]
    [InlineData(DigestSent.AtCreation, "sha-256")]
    [InlineData(DigestSent.AtTheEnd, "sha-512")]
    [InlineData(DigestSent.InOneRequest, "sha-256")]
    public async Task NoVideoAppears_WhenTheDigestOfTheWholeIsWrong(DigestSent sent, string algorithm)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var client = new IetfClient(api);
        var (path, answer) = await UploadAsync(client, sent, Digest(algorithm, Samples.Mp4[1..]));
        Assert.Equal("?1", answer.IsProblem(400, "digest_mismatch", Mismatch).Header("Upload-Complete"));

        var events = await socket.SoFarAsync();
        Assert.Equal(["receiving", "failed"], events.Select(e => e.State));
        Assert.Equal("digest_mismatch", events[1].Json.GetProperty("data").GetProperty("data").GetProperty("error").GetProperty("code").GetString());
        Assert.Empty(await api.ListAsync());
        var id = events[0].VideoId!;
        (await client.HeadAsync(path ?? $"{IetfClient.Uploads}/{id}")).Is(410);
        await Eventually.TrueAsync(() => !shared.Data.Uploads.Concat(shared.Data.Objects).Any(file => file.Contains(id, StringComparison.Ordinal)),
            "its bytes are gone");
    }

    private static async Task<(string? Path, Answer Answer)> UploadAsync(IetfClient client, DigestSent sent, string digest)
    {
        (string, string) field = ("Repr-Digest", digest);
        if (sent is DigestSent.InOneRequest)
            return (null, await client.PostAsync(Samples.Mp4, last: true, field));
        var path = sent is DigestSent.AtCreation ? await client.CreateAsync(Samples.Mp4[..1000], field) : await client.CreateAsync(Samples.Mp4[..1000]);
        (await client.PatchAsync(path, 1000, Samples.Mp4[1000..2000], last: false)).Is(204);
        return (path, sent is DigestSent.AtTheEnd
            ? await client.PatchAsync(path, 2000, Samples.Mp4[2000..], last: true, field)
            : await client.PatchAsync(path, 2000, Samples.Mp4[2000..], last: true));
    }

    /// <summary>The last word of <paramref name="algorithm"/> is computed.</summary>
    private static string Digest(string algorithm, byte[] content)
    {
        var hash = algorithm.EndsWith("sha-512", StringComparison.Ordinal) ? SHA512.HashData(content) : SHA256.HashData(content);
        return $"{algorithm}=:{Convert.ToBase64String(hash)}:";
    }
}
