using System.Globalization;

namespace Ingestion.Tests.EndToEnd.Uploads.Tus;

/// <summary>Quotas and rates, as tus clients meet them.</summary>
public sealed class TusLimitsTests(TusLimitsTests.MeanSilo shared) : IClassFixture<TusLimitsTests.MeanSilo>
{
    [Fact]
    public async Task CreationIsRefusedWithATime_WhenOneAddressCallsTooOften()
    {
        // Each client is another one, behind the same proxy.
        async Task<Answer> CreateAsync(string address)
        {
            using var api = shared.Silo.As(SiloFixture.NewUser());
            return await new TusClient(api).PostAsync(null, ("Upload-Length", "10"), ("X-Forwarded-For", address));
        }

        for (var i = 0; i < MeanSilo.Burst; i++)
            (await CreateAsync("203.0.113.7")).Is(201);
        var refused = (await CreateAsync("203.0.113.7")).IsProblem(429, "rate_limited");
        Assert.InRange(int.Parse(refused.Header("Retry-After")!, CultureInfo.InvariantCulture), 1, 10_000);
        Assert.Equal("1.0.0", refused.Header("Tus-Resumable"));
        // What the client itself claims to be does not help it.
        (await CreateAsync("198.51.100.1, 203.0.113.7")).IsProblem(429, "rate_limited");
        (await CreateAsync("203.0.113.8")).Is(201);
    }

    [Fact]
    public async Task PiecesCountOnce_WhenTheyArePutTogether()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var (first, second) = (await PieceAsync(tus, Samples.Mp4[..15_000]), await PieceAsync(tus, Samples.Mp4[15_000..]));
        Assert.Equal((2, Samples.Mp4.Length, 0), await UsageAsync(api));

        // Refused, the pieces are what they were.
        (await tus.PostAsync(null, From("203.0.113.9"), ("Upload-Concat", $"final;{second} {first}"))).IsProblem(415, "not_a_video");
        Assert.Equal((2, Samples.Mp4.Length, 0), await UsageAsync(api));

        var final = TusClient.PathOf(await tus.PostAsync(null, From("203.0.113.9"), ("Upload-Concat", $"final;{first} {second}")));
        await CreationTests.IsVideoAsync(api, final, Samples.Mp4);
        Assert.Equal((0, 0, Samples.Mp4.Length), await UsageAsync(api));
    }

    [Fact]
    public async Task QuotaIsFreeAgain_WhenPiecesAreDeleted()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var piece = await PieceAsync(tus, Samples.Mp4);
        (await tus.PostAsync(null, From("203.0.113.10"), ("Upload-Length", "20000"))).IsProblem(403, "quota_exceeded");
        (await tus.DeleteAsync(piece)).Is(204);
        Assert.Equal((0, 0, 0), await UsageAsync(api));
        (await tus.PostAsync(null, From("203.0.113.10"), ("Upload-Length", "20000"))).Is(201);
    }

    /// <summary>An undeclared length is reserved as the bytes come.</summary>
    [Fact]
    public async Task BytesAreRefused_WhenTheLengthIsDeferredAndTheQuotaSpent()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = TusClient.PathOf(await tus.PostAsync(null, From("203.0.113.11"), ("Upload-Defer-Length", "1")));
        (await tus.PatchAsync(path, 0, Samples.Padded(50_000))).IsProblem(403, "quota_exceeded");
        Assert.Empty(await api.ListAsync());
    }

    private static async Task<string> PieceAsync(TusClient tus, byte[] content)
    {
        var path = await tus.CreateAsync(content.Length, ("Upload-Concat", "partial"), From("203.0.113.12"));
        (await tus.PatchAsync(path, 0, content)).Is(204);
        return path;
    }

    private static (string, string) From(string address) => ("X-Forwarded-For", $"{address}, 127.0.0.1");

    private static async Task<(int Uploads, int Reserved, int Total)> UsageAsync(ApiClient api)
    {
        var usage = await api.GetJsonAsync("/api/usage");
        return (usage.GetProperty("uploads").GetInt32(), usage.GetProperty("reserved_bytes").GetInt32(), usage.GetProperty("total_bytes").GetInt32());
    }

    /// <summary>Room for one sample and a bit, and hardly a creation an hour from one address.</summary>
    public sealed class MeanSilo : SiloFixture
    {
        public const int Burst = 5;

        private protected override (string Name, string Value)[] Settings =>
        [
            ("Limits__MaxTotalBytesPerUser", "40000"), ("Limits__CreationsPerSecondPerAddress", "0.001"), ("Limits__CreationBurstPerAddress", $"{Burst}"),
        ];
    }
}
