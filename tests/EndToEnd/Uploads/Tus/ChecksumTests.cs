using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Ingestion.Tests.EndToEnd.Uploads.Tus;

/// <summary>checksum and checksum-trailer: all of a body counts, or nothing.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class ChecksumTests(DefaultSilo shared)
{
    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    [InlineData("sha-256")]
    [InlineData("sha512")]
    [InlineData("crc32")]
    public async Task WrongChunkIsDiscardedAndTheRightOneTaken_WhenTheChecksumIs(string algorithm)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        (await tus.PatchAsync(path, 0, Samples.Mp4[..10], Checksum(algorithm, Samples.Mp4[..10]))).Is(204);

        var broken = Samples.Mp4[10..20_000];
        broken[5_000] ^= 1;
        (await tus.PatchAsync(path, 10, broken, Checksum(algorithm, Samples.Mp4[10..20_000]))).IsProblem(460, "checksum_mismatch");
        Assert.Equal(10, await tus.OffsetAsync(path));

        var answer = (await tus.PatchAsync(path, 10, Samples.Mp4[10..20_000], Checksum(algorithm, Samples.Mp4[10..20_000]))).Is(204);
        Assert.Equal(20_000, TusClient.OffsetOf(answer));

        // The last piece is wrong: no video before the right one has come.
        broken = Samples.Mp4[20_000..];
        broken[^1] ^= 0x80;
        (await tus.PatchAsync(path, 20_000, broken, Checksum(algorithm, Samples.Mp4[20_000..]))).IsProblem(460, "checksum_mismatch");
        Assert.Equal(20_000, await tus.OffsetAsync(path));
        Assert.Empty(await api.ListAsync());
        (await tus.PatchAsync(path, 20_000, Samples.Mp4[20_000..], Checksum(algorithm, Samples.Mp4[20_000..]))).Is(204);
        await CreationTests.IsVideoAsync(api, path, Samples.Mp4);
    }

    [Fact]
    public async Task NoUploadIsLeft_WhenTheBytesOfACreationAreWrong()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var tus = new TusClient(api);
        var answer = (await tus.PostAsync(Samples.Mp4, ("Upload-Length", $"{Samples.Mp4.Length}"), Checksum("sha1", [1, 2, 3])))
            .IsProblem(460, "checksum_mismatch");
        Assert.Null(answer.Header("Location"));
        Assert.Empty(await api.ListAsync());
        Assert.Equal(["receiving", "cancelled"], (await socket.SoFarAsync()).Select(e => e.State));
        var path = TusClient.PathOf(await tus.PostAsync(Samples.Mp4, ("Upload-Length", $"{Samples.Mp4.Length}"), Checksum("sha1", Samples.Mp4)));
        await CreationTests.IsVideoAsync(api, path, Samples.Mp4);
    }

    [Theory]
    [InlineData("md5 1B2M2Y8AsgTpgAmY7PhCfg==", "checksum_algorithm_unknown")]
    [InlineData("sha1", "checksum_invalid")]
    [InlineData("sha256 2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "checksum_invalid")]
    [InlineData("crc32 not-base64", "checksum_invalid")]
    public async Task IsRefusedAndNothingIsKept_WhenTheChecksumIs(string checksum, string code)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        (await tus.PatchAsync(path, 0, Samples.Mp4, ("Upload-Checksum", checksum))).IsProblem(400, code);
        Assert.Equal(0, await tus.OffsetAsync(path));
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    [InlineData("sha-256")]
    [InlineData("sha512")]
    [InlineData("crc32")]
    public async Task ChunkIsTaken_WhenTheTrailerHoldsItsChecksum(string algorithm)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        var answer = await PatchWithTrailerAsync(tus, path, Samples.Mp4, $"Upload-Checksum: {Checksum(algorithm, Samples.Mp4).Value}\r\n");
        Assert.Equal(Samples.Mp4.Length, TusClient.OffsetOf(answer.Is(204)));
        await CreationTests.IsVideoAsync(api, path, Samples.Mp4);
    }

    [Theory]
    [InlineData("Upload-Checksum: sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n", 460, "checksum_mismatch")]
    [InlineData("Upload-Checksum: crc32 AAAAAA==\r\n", 460, "checksum_mismatch")]
    [InlineData("Upload-Checksum: md5 1B2M2Y8AsgTpgAmY7PhCfg==\r\n", 400, "checksum_algorithm_unknown")]
    [InlineData("Upload-Checksum: sha1\r\n", 400, "checksum_invalid")]
    [InlineData("Something-Else: 1\r\n", 400, "checksum_invalid")]
    [InlineData("", 400, "checksum_invalid")]
    public async Task ChunkIsDiscarded_WhenTheTrailerIs(string trailer, int status, string code)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        (await PatchWithTrailerAsync(tus, path, Samples.Mp4, trailer)).IsProblem(status, code);
        Assert.Equal(0, await tus.OffsetAsync(path));
        (await tus.PatchAsync(path, 0, Samples.Mp4)).Is(204);
        await CreationTests.IsVideoAsync(api, path, Samples.Mp4);
    }

    [Fact]
    public async Task IsRefused_WhenTheChecksumIsSentTwiceOrATrailerCannotCome()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        (await tus.PatchAsync(path, 0, Samples.Mp4, Checksum("sha1", Samples.Mp4), ("Trailer", "Upload-Checksum"))).IsProblem(400, "checksum_invalid");
        (await tus.PatchAsync(path, 0, Samples.Mp4, ("Trailer", "Upload-Checksum"))).IsProblem(400, "checksum_invalid");
        Assert.Equal(0, await tus.OffsetAsync(path));
    }

    /// <summary>What came of it can't be checked.</summary>
    [Fact]
    public async Task NothingIsKept_WhenTheBodyBreaksOffBeforeItsChecksumIsDue()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        using (var http = new RawHttp(shared.Silo.Address))
        {
            var (name, value) = Checksum("sha1", Samples.Mp4);
            await http.SendHeadAsync($"PATCH {path} HTTP/1.1",
                tus.Fields("Upload-Offset: 0", $"{name}: {value}", $"Content-Type: {TusClient.PieceType}", $"Content-Length: {Samples.Mp4.Length}"));
            await http.SendAsync(Samples.Mp4.AsMemory(0, 20_000));
            await Eventually.TrueAsync(() => shared.Data.Uploads.Any(file => file.Contains(TusClient.IdOf(path), StringComparison.Ordinal)), "bytes have come");
            http.Reset();
        }

        Assert.Equal(0, await tus.OffsetAsync(path));
        (await tus.PatchAsync(path, 0, Samples.Mp4)).Is(204);
        await CreationTests.IsVideoAsync(api, path, Samples.Mp4);
    }

    private async Task<Answer> PatchWithTrailerAsync(TusClient tus, string path, byte[] body, string trailer)
    {
        using var http = new RawHttp(shared.Silo.Address);
        await http.SendHeadAsync(
            $"PATCH {path} HTTP/1.1", tus.Fields("Upload-Offset: 0", "Trailer: Upload-Checksum", $"Content-Type: {TusClient.PieceType}",
            "Transfer-Encoding: chunked"));
        foreach (var chunk in body.Chunk(10_000))
        {
            await http.SendAsync(Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"));
            await http.SendAsync(chunk);
            await http.SendAsync("\r\n"u8.ToArray());
        }

        await http.SendAsync(Encoding.ASCII.GetBytes($"0\r\n{trailer}\r\n"));
        return await http.ReadAsync();
    }

    private static (string Name, string Value) Checksum(string algorithm, byte[] bytes) =>
        ("Upload-Checksum", $"{algorithm} {Convert.ToBase64String(Hash(algorithm, bytes))}");

#pragma warning disable CA5350 // The protocol's mandatory algorithm.
    private static byte[] Hash(string algorithm, byte[] bytes) => algorithm switch
    {
        "sha1" => SHA1.HashData(bytes),
        "sha256" or "sha-256" => SHA256.HashData(bytes),
        "sha512" => SHA512.HashData(bytes),
        _ => Crc32(bytes),
    };
#pragma warning restore CA5350

    /// <summary>Bit by bit, as the standard defines it.</summary>
    private static byte[] Crc32(byte[] bytes)
    {
        var state = uint.MaxValue;
        foreach (var b in bytes)
        {
            state ^= b;
            for (var bit = 0; bit < 8; bit++)
                state = (state & 1) == 0 ? state >> 1 : (state >> 1) ^ 0xEDB88320;
        }

        var value = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(value, ~state);
        return value;
    }
}
