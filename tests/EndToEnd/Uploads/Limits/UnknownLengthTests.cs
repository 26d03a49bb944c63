using Ingestion.Tests.EndToEnd.Uploads.Ietf;
using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Uploads.Limits;

/// <summary>Uploads of undeclared length are accepted for as long as their bytes fit the quota.</summary>
public sealed class UnknownLengthTests(UnknownLengthTests.TightSilo shared) : IClassFixture<UnknownLengthTests.TightSilo>
{
    private const int Limit = 1_000_000;

    // More than half: what is reserved ahead would not fit twice.
    private static readonly byte[] _file = Samples.Padded(600_000);

    private static readonly byte[] _rest = Samples.Padded(Limit - 600_000);

    private static readonly byte[] _tooMuch = Samples.Padded(Limit - 600_000 + 1);

    [Fact]
    public async Task DeferredLengthOfTus_FitsToTheLastByte()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        async Task<Answer> UploadAsync(byte[] content)
        {
            var path = TusClient.PathOf(await tus.PostAsync(null, ("Upload-Defer-Length", "1")));
            var answer = await tus.PatchAsync(path, 0, content);
            if (answer.Status == 204)
                (await tus.PatchAsync(path, content.Length, [], ("Upload-Length", $"{content.Length}"))).Is(204);
            else
                (await tus.DeleteAsync(path)).Is(204);
            return answer;
        }

        (await UploadAsync(_file)).Is(204);
        (await UploadAsync(_tooMuch)).IsProblem(403, "quota_exceeded");
        (await UploadAsync(_rest)).Is(204);
        Assert.Equal((0, 0, Limit, Limit), await QuotaTests.UsageAsync(api));
    }

    [Fact]
    public async Task ChunkedForm_FitsToTheLastByte()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        (await api.PostAsync(FormBody.Of(_file), chunked: true)).Is(201);
        (await api.PostAsync(FormBody.Of(_tooMuch), chunked: true)).IsProblem(403, "quota_exceeded");
        (await api.PostAsync(FormBody.Of(_rest), chunked: true)).Is(201);
        Assert.Equal((0, 0, Limit, Limit), await QuotaTests.UsageAsync(api));
    }

    /// <summary>With the length of each request known or not; that of the upload never is before its last one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LengthOfTheDraft_FitsToTheLastByte_WhenItComesWithTheLastRequest(bool chunked)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        async Task<Answer> UploadAsync(byte[] content)
        {
            var path = await client.CreateAsync(content[..100_000]);
            HttpContent rest = chunked ? new StreamContent(new UnknownLengthStream(content[100_000..])) : new ByteArrayContent(content[100_000..]);
            var answer = await client.PatchAsync(path, 100_000, rest, last: true);
            if (answer.Status != 201)
                (await client.SendAsync("DELETE", path)).Is(204);
            return answer;
        }

        (await UploadAsync(_file)).Is(201);
        (await UploadAsync(_tooMuch)).IsProblem(403, "quota_exceeded");
        (await UploadAsync(_rest)).Is(201);
        Assert.Equal((0, 0, Limit, Limit), await QuotaTests.UsageAsync(api));
    }

    /// <summary>None holds so much ahead that the others are refused what they need.</summary>
    [Fact]
    public async Task UploadsSideBySide_AllFit()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var content = Samples.Padded(200_000);
        var paths = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => TusClient.PathOf(await tus.PostAsync(null, ("Upload-Defer-Length", "1")))));
        Assert.All(await Task.WhenAll(paths.Select(path => tus.PatchAsync(path, 0, content))), answer => answer.Is(204));
    }

    /// <summary>Room for less than what is reserved ahead where there is plenty.</summary>
    public sealed class TightSilo : SiloFixture
    {
        private protected override (string Name, string Value)[] Settings => [("Limits__MaxTotalBytesPerUser", $"{Limit}")];
    }
}
