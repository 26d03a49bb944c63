using System.Globalization;
using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Uploads.Limits;

/// <summary>Uploads that are begun too fast. The rates are so low that nothing comes back during a test.</summary>
public sealed class RateTests
{
    private const string Rate = "0.01";

    [Fact]
    public async Task UserIsTurnedAwayWithoutATrace_WhenUploadsAreBegunTooFast()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Limits__CreationsPerSecondPerUser", Rate), ("Limits__CreationBurstPerUser", "3"));
        using var api = silo.As("ann");
        var (tus, data) = (new TusClient(api), new DataFolder(silo.Data));
        await api.UploadToReadyAsync(Samples.Mp4);
        await api.UploadToReadyAsync(Samples.Mp4);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        await data.UntilQuietAsync();
        var before = data.Snapshot();

        IsTurnedAway(await api.PostAsync(FormBody.Of(Samples.Mp4)));
        IsTurnedAway(await api.PostAsync(new FormBody().Text("no form at all")));
        IsTurnedAway(await tus.PostAsync(null, ("Upload-Length", "10")));
        IsTurnedAway(await api.SendAsync(HttpMethod.Post, TusClient.Uploads, null, ("Upload-Complete", "?0"), ("Upload-Draft-Interop-Version", "8")));
        Assert.Equal(before, data.Snapshot());

        // What was begun continues, and others are not affected.
        (await tus.PatchAsync(path, 0, Samples.Mp4)).Is(204);
        using var other = silo.As("bob");
        await other.UploadAsync(Samples.Mp4);
    }

    [Fact]
    public async Task AddressIsRefused_ForEveryUserOnIt()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Limits__CreationsPerSecondPerAddress", Rate), ("Limits__CreationBurstPerAddress", "3"));
        foreach (var user in Enumerable.Range(0, 3))
        {
            using var api = silo.As($"user-{user}");
            await api.UploadAsync(Samples.Mp4);
        }

        using var last = silo.As("ann");
        IsTurnedAway(await last.PostAsync(FormBody.Of(Samples.Mp4)));
        // Without a token no request gets so far.
        using var anonymous = new ApiClient(silo.Address, token: null);
        (await anonymous.PostAsync(FormBody.Of(Samples.Mp4))).IsProblem(401, "token_missing");
    }

    private static void IsTurnedAway(Answer answer) =>
        Assert.InRange(int.Parse(answer.IsProblem(429, "rate_limited").Header("Retry-After")!, CultureInfo.InvariantCulture), 1, 101);
}
