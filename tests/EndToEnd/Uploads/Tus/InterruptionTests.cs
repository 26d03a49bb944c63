using System.Security.Cryptography;
using System.Text;

namespace Ingestion.Tests.EndToEnd.Uploads.Tus;

/// <summary>Connections that end before their bodies do: what had come counts, and the upload continues.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class InterruptionTests(DefaultSilo shared)
{
    private const int Size = 3_000_000;

    // A file whose bytes encode their offset.
    private static readonly byte[] _file = MakeFile();

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 3)]
    [InlineData(true, 4)]
    public async Task FileArrivesWhole_WhenItsRequestsAreCutAtRandomBytes(bool chunked, int seed)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Size);
        var random = new Random(seed);
        long offset = 0, reached = 0;
        for (var i = 0; i < 20 && offset < Size; i++)
        {
            var sent = random.Next(0, Size / 10);
            await SendAndVanishAsync(tus, path, offset, (int)Math.Min(sent, Size - offset), chunked, reset: random.Next(2) == 0);
            reached = Math.Max(reached, Math.Min(offset + sent, Size));
            // What an earlier connection had sent may come to light only now.
            var next = await tus.OffsetAsync(path);
            Assert.InRange(next, offset, reached);
            offset = next;
        }

        await FinishAsync(tus, path);
        await CreationTests.IsVideoAsync(api, path, _file);
    }

    /// <summary>But for what the transport had read ahead and drops with the connection, nothing that reached the server is requested again.</summary>
    [Fact]
    public async Task WhatCameCounts_WhenTheClientEndsItsHalfOfTheConnection()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Size);
        var manifest = shared.Data.State.Single(file => file.StartsWith("state/upload/", StringComparison.Ordinal)
            && file.Contains(TusClient.IdOf(path), StringComparison.Ordinal));
        Task<string> ReadManifestAsync() => File.ReadAllTextAsync(Path.Combine(shared.Silo.Data, manifest));
        var created = await ReadManifestAsync();
        using (var http = await BeginAsync(tus, path, 0, Size))
        {
            await http.SendAsync(_file.AsMemory(0, 1_234_567));
            http.Shutdown();
            // Looking at the upload would commit before it has read everything.
            await Eventually.TrueAsync(async () => await ReadManifestAsync() != created, "it is acknowledged");
        }

        Assert.InRange(await tus.OffsetAsync(path), 1_234_567 - (128 * 1024), 1_234_567);
        await FinishAsync(tus, path);
        await CreationTests.IsVideoAsync(api, path, _file);
    }

    [Fact]
    public async Task UploadIsLeft_WhenTheBodyOfItsCreationBreaksOff()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var tus = new TusClient(api);
        using var http = new RawHttp(shared.Silo.Address);
        await http.SendHeadAsync($"POST {TusClient.Uploads} HTTP/1.1",
            tus.Fields($"Upload-Length: {Size}", $"Content-Type: {TusClient.PieceType}", $"Content-Length: {Size}"));
        await http.SendAsync(_file.AsMemory(0, 100_000));
        var id = (await socket.NextAsync("evt")).VideoId!;
        http.Reset();

        var path = $"{TusClient.Uploads}/{id}";
        Assert.InRange(await tus.OffsetAsync(path), 0, 100_000);
        await FinishAsync(tus, path);
        await CreationTests.IsVideoAsync(api, path, _file);
    }

    /// <summary>The first request hangs on a connection that is dead and does not know it.</summary>
    [Fact]
    public async Task LookDoesNotWaitAndLosesNothing_WhenADeadConnectionStillHoldsTheUpload()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Size);
        using var dead = await BeginAsync(tus, path, 0, Size);
        await dead.SendAsync(_file.AsMemory(0, 500_000));
        await HasBytesAsync(path);

        await FinishAsync(tus, path);
        (await dead.ReadAsync()).IsProblem(409, "upload_taken_over");
        await CreationTests.IsVideoAsync(api, path, _file);
    }

    /// <summary>Another tab, or a script that shows the progress. What is looked at is committed then, all of it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RequestGoesOn_WhenSomebodyLooksAtItsUpload(bool tus)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var (client, draft) = (new TusClient(api), new Ietf.IetfClient(api));
        var path = await client.CreateAsync(Size);
        using var live = await BeginAsync(client, path, 0, Size);
        for (var sent = 0; sent < Size; sent += Size / 3)
        {
            await live.SendAsync(_file.AsMemory(sent, Size / 3));
            if (sent + (Size / 3) == Size)
                break;
            await Eventually.TrueAsync(
                async () => (tus ? await client.OffsetAsync(path) : await draft.OffsetAsync(path)) == sent + (Size / 3), "all that came is committed");
        }

        (await live.ReadAsync()).Is(204);
        await CreationTests.IsVideoAsync(api, path, _file);
    }

    [Fact]
    public async Task RequestOfAChecksumGoesOn_WhenSomebodyLooksAtItsUpload()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Size);
        using var live = new RawHttp(shared.Silo.Address);
        await live.SendHeadAsync($"PATCH {path} HTTP/1.1", tus.Fields("Upload-Offset: 0", $"Content-Type: {TusClient.PieceType}", $"Content-Length: {Size}",
            $"Upload-Checksum: sha256 {Convert.ToBase64String(SHA256.HashData(_file))}"));
        await live.SendAsync(_file.AsMemory(0, 500_000));
        await HasBytesAsync(path);
        Assert.Equal(0, await tus.OffsetAsync(path));
        await live.SendAsync(_file.AsMemory(500_000));
        (await live.ReadAsync()).Is(204);
        await CreationTests.IsVideoAsync(api, path, _file);
    }

    [Fact]
    public async Task NewRequestTakesOverAtOnce_WhenAnotherOneStillSends()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Size);
        using var old = await BeginAsync(tus, path, 0, Size);
        await old.SendAsync(_file.AsMemory(0, 500_000));
        await HasBytesAsync(path);

        (await tus.PatchAsync(path, 0, _file[..100_000])).Is(204);
        (await old.ReadAsync()).IsProblem(409, "upload_taken_over");
        (await tus.PatchAsync(path, 100_000, _file[100_000..])).Is(204);
        await CreationTests.IsVideoAsync(api, path, _file);
    }

    /// <summary>Whichever wins, the file is right: each byte is written by one of them.</summary>
    [Fact]
    public async Task FileArrivesWhole_WhenManyClientsSendItAtTheSameTime()
    {
        // A late writer, or a chain of waiting writers, is rare.
        const int Rounds = 15;
        for (var round = 0; round < Rounds; round++)
        {
            using var api = shared.Silo.As(SiloFixture.NewUser());
            var tus = new TusClient(api);
            var path = await tus.CreateAsync(Size);
            await Task.WhenAll(Enumerable.Range(0, 6).Select(i => SendInStepsAsync(tus, path, step: 100_000 + (i * 50_000))));
            await CreationTests.IsVideoAsync(api, path, _file);
        }
    }

    private static async Task SendInStepsAsync(TusClient tus, string path, int step)
    {
        while (true)
        {
            var head = (await tus.HeadAsync(path)).Is(200);
            var offset = (int)TusClient.OffsetOf(head);
            if (offset == Size)
                return;
            // A request that is taken over in the middle of its body gets that answer too, and its connection serves again.
            Assert.Contains((await tus.PatchAsync(path, offset, _file[offset..Math.Min(offset + step, Size)])).Status, new[] { 204, 403, 409, 503 });
        }
    }

    /// <summary>As a client does it: look, send the rest, and again if a request that was given up for dead got in between.</summary>
    private static async Task FinishAsync(TusClient tus, string path)
    {
        Answer? answer = null;
        await Eventually.TrueAsync(
            async () =>
            {
                var offset = await tus.OffsetAsync(path);
                answer = await tus.PatchAsync(path, offset, _file[(int)offset..]);
                return answer.Status == 204;
            },
            () => $"the rest is taken: {answer?.Text}");
    }

    private static async Task SendAndVanishAsync(RawHttp http, byte[] body, int sent, bool chunked)
    {
        if (!chunked)
        {
            await http.SendAsync(body.AsMemory(0, sent));
            return;
        }

        foreach (var chunk in body[..sent].Chunk(60_000))
        {
            await http.SendAsync(Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"));
            await http.SendAsync(chunk);
            await http.SendAsync("\r\n"u8.ToArray());
        }

        // And in the middle of a chunk.
        await http.SendAsync("ffff\r\n"u8.ToArray());
    }

    private async Task SendAndVanishAsync(TusClient tus, string path, long offset, int sent, bool chunked, bool reset)
    {
        using var http = await BeginAsync(tus, path, offset, chunked ? null : Size - offset);
        await SendAndVanishAsync(http, _file[(int)offset..], sent, chunked);
        if (reset)
            http.Reset();
    }

    private async Task<RawHttp> BeginAsync(TusClient tus, string path, long offset, long? length)
    {
        var http = new RawHttp(shared.Silo.Address);
        var framing = length is null ? "Transfer-Encoding: chunked" : $"Content-Length: {length}";
        await http.SendHeadAsync($"PATCH {path} HTTP/1.1", tus.Fields($"Upload-Offset: {offset}", $"Content-Type: {TusClient.PieceType}", framing));
        return http;
    }

    private Task HasBytesAsync(string path) =>
        Eventually.TrueAsync(() => shared.Data.Uploads.Any(file => file.Contains(TusClient.IdOf(path), StringComparison.Ordinal)), "bytes have come");

    private static byte[] MakeFile()
    {
        var file = Samples.Padded(Size);
        for (var i = Samples.Mp4.Length; i + 32 <= Size; i += 32)
            SHA256.HashData(BitConverter.GetBytes(i), file.AsSpan(i, 32));
        return file;
    }
}
