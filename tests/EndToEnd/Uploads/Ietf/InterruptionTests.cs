namespace Ingestion.Tests.EndToEnd.Uploads.Ietf;

/// <summary>Connections that end before their bodies do, and requests that get in each other's way.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class InterruptionTests(DefaultSilo shared)
{
    private const int Size = 1_500_000;

    // A file whose bytes encode their offset.
    private static readonly byte[] _file = MakeFile();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task FileArrivesWhole_WhenItsRequestsAreCutAtRandomBytes(int seed)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        var path = await client.CreateAsync([], ("Upload-Length", $"{Size}"));
        var random = new Random(seed);
        var (offset, reached) = (0, 0);
        for (var i = 0; i < 12 && offset < Size; i++)
        {
            var sent = random.Next(0, Math.Min(Size / 8, Size - offset));
            using (var http = await BeginAsync(client, path, offset))
            {
                await http.SendAsync(_file.AsMemory(offset, sent));
                if (random.Next(2) == 0)
                    http.Reset();
            }

            // What an earlier connection had sent may come to light only now.
            reached = Math.Max(reached, offset + sent);
            var next = (int)await client.OffsetAsync(path);
            Assert.InRange(next, offset, reached);
            offset = next;
        }

        await FinishAsync(api, client, path);
    }

    /// <summary>The first request hangs on a connection that is dead and does not know it.</summary>
    [Fact]
    public async Task LookLosesNothing_WhenADeadRequestStillHoldsTheUpload()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        var path = await client.CreateAsync([]);
        using var dead = await BeginAsync(client, path, 0);
        await dead.SendAsync(_file.AsMemory(0, 500_000));
        await HasBytesAsync(path);

        var offset = (int)await client.OffsetAsync(path);
        var answer = await client.PatchAsync(path, offset, _file[offset..], last: true);
        (await dead.ReadAsync()).IsProblem(409, "upload_taken_over");
        await IetfClient.IsVideoAsync(api, answer, _file);
    }

    [Fact]
    public async Task NewRequestTakesOverAtOnce_WhenAnotherOneStillSends()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        var path = await client.CreateAsync([]);
        using var old = await BeginAsync(client, path, 0);
        await old.SendAsync(_file.AsMemory(0, 500_000));
        await HasBytesAsync(path);

        (await client.PatchAsync(path, 0, _file[..100_000], last: false)).Is(204);
        Assert.InRange((await old.ReadAsync()).Status, 400, 599);
        await IetfClient.IsVideoAsync(api, await client.PatchAsync(path, 100_000, _file[100_000..], last: true), _file);
    }

    /// <summary>However far the server is, the client can resume from the reported offset.</summary>
    [Fact]
    public async Task ReportedOffsetCanBeResumed_WhenTheClientsIsWrongWhileAnotherRequestSends()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        var path = await client.CreateAsync([]);
        using var old = await BeginAsync(client, path, 0);
        await old.SendAsync(_file.AsMemory(0, 500_000));
        await HasBytesAsync(path);

        var refused = (await client.PatchAsync(path, 499_999, _file[499_999..], last: true))
            .IsProblem(409, "offset_mismatch", IetfClient.ProblemTypes + "mismatching-upload-offset");
        var offset = (int)IetfClient.OffsetOf(refused);
        await IetfClient.IsVideoAsync(api, await client.PatchAsync(path, offset, _file[offset..], last: true), _file);
    }

    [Fact]
    public async Task CancellingEndsTheOtherRequest_WhenItStillSends()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        var path = await client.CreateAsync([]);
        using var old = await BeginAsync(client, path, 0);
        await old.SendAsync(_file.AsMemory(0, 500_000));
        await HasBytesAsync(path);

        (await client.SendAsync("DELETE", path)).Is(204);
        Assert.InRange((await old.ReadAsync()).Status, 400, 599);
        (await client.HeadAsync(path)).Is(410);
        await Eventually.TrueAsync(() => !shared.Data.Uploads.Any(file => file.Contains(IetfClient.IdOf(path), StringComparison.Ordinal)),
            "its bytes are gone");
    }

    [Fact]
    public async Task UploadContinues_WhenTheSiloIsKilledInBetween()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var api = silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        var path = await client.CreateAsync(_file[..700_000], ("Upload-Length", $"{Size}"));
        (await client.PatchAsync(path, 700_000, _file[700_000..1_000_000], last: false)).Is(204);
        await silo.KillAsync();
        await silo.StartAgainAsync();

        var head = (await client.HeadAsync(path)).Is(204);
        Assert.Equal(("?0", 1_000_000, $"{Size}"), (head.Header("Upload-Complete"), IetfClient.OffsetOf(head), head.Header("Upload-Length")));
        await IetfClient.IsVideoAsync(api, await client.PatchAsync(path, 1_000_000, _file[1_000_000..], last: true), _file);

        // And the answer is still there after another one.
        await silo.KillAsync();
        await silo.StartAgainAsync();
        await IetfClient.IsVideoAsync(api, await client.PatchAsync(path, Size, [], last: true), _file);
    }

    /// <summary>As a client does it: look, send the rest, and again if a request that was given up for dead got in between.</summary>
    private static async Task FinishAsync(ApiClient api, IetfClient client, string path)
    {
        Answer? answer = null;
        await Eventually.TrueAsync(
            async () =>
            {
                var offset = (int)await client.OffsetAsync(path);
                answer = await client.PatchAsync(path, offset, _file[offset..], last: true);
                return answer.Status == 201;
            },
            () => $"the rest is taken: {answer?.Text}");
        await IetfClient.IsVideoAsync(api, answer!, _file);
    }

    private async Task<RawHttp> BeginAsync(IetfClient client, string path, long offset)
    {
        var http = new RawHttp(shared.Silo.Address);
        await http.SendHeadAsync(
            $"PATCH {path} HTTP/1.1", client.Fields("Upload-Complete: ?1", $"Upload-Offset: {offset}", $"Content-Type: {IetfClient.PartialUpload}",
            $"Content-Length: {Size - offset}"));
        return http;
    }

    private Task HasBytesAsync(string path) =>
        Eventually.TrueAsync(() => shared.Data.Uploads.Any(file => file.Contains(IetfClient.IdOf(path), StringComparison.Ordinal)), "bytes have come");

    private static byte[] MakeFile()
    {
        var file = Samples.Padded(Size);
        for (var i = Samples.Mp4.Length; i + sizeof(int) <= Size; i += sizeof(int))
            BitConverter.TryWriteBytes(file.AsSpan(i), i);
        return file;
    }
}
