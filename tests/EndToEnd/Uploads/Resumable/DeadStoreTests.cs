using System.Text.RegularExpressions;
using Ingestion.Tests.EndToEnd.Uploads.Direct;
using Ingestion.Tests.EndToEnd.Uploads.Tus;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Uploads.Resumable;

/// <summary>An object store that is dead, or wrong: clients get an answer soon, and the operator reads what is wrong.</summary>
public sealed class DeadStoreTests
{
    [NodeFact]
    public async Task RequestsAreRefusedAtOnceAndServedAgain_WhenTheStoreFailsForAWhile()
    {
        await using var bucket = await S3Bucket.CreateAsync();
        await using var silo = await StartAsync(bucket);
        using var api = silo.As("alice");
        using var direct = new DirectClient(api);
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        bucket.Front.Decide = _ => Fault.Unavailable;

        // The settings allow an hour; an answer that takes that long ends this test.
        Assert.NotNull((await direct.CreateAsync(1_000_000)).IsProblem(503, "storage_unavailable").Header("Retry-After"));
        await Eventually.TrueAsync(async () => await StoreAsync(silo, "status") == "degraded", "health shows it");
        Assert.Contains("the store fails (503)", await StoreAsync(silo, "description"), StringComparison.Ordinal);
        Assert.Matches(@"(?m)^ingestion_store_outage_age_seconds(\{.*\})? (0\.)?0*[1-9]", await MetricsAsync(silo));
        // Known to be dead: hardly any request reaches it.
        var before = bucket.Front.Requests.Count;
        for (var i = 0; i < 20; i++)
            (await direct.CreateAsync(1_000_000)).IsProblem(503, "storage_unavailable");
        Assert.InRange(bucket.Front.Requests.Count - before, 0, 10);
        (await tus.PatchAsync(path, 0, Samples.Mp4)).IsProblem(503, "storage_unavailable");
        Assert.Contains("The object store can't be used: the store fails (503)", silo.Log, StringComparison.Ordinal);

        bucket.Front.Decide = _ => Fault.None;
        await Eventually.TrueAsync(async () => await StoreAsync(silo, "status") == "healthy", "the silo finds by itself that it is back");
        await Eventually.TrueAsync(
            async () => Regex.IsMatch(await MetricsAsync(silo), @"(?m)^ingestion_store_outage_age_seconds(\{.*\})? 0$"), "it is in the metrics too");
        (await tus.PatchAsync(path, await tus.OffsetAsync(path), Samples.Mp4)).Is(204);
        await CreationTests.IsVideoAsync(api, path, Samples.Mp4);
    }

    [NodeFact]
    public async Task RequestsAreAnswered_WhenTheStoreHangs()
    {
        await using var bucket = await S3Bucket.CreateAsync();
        await using var silo = await StartAsync(bucket);
        using var api = silo.As("alice");
        bucket.Front.Decide = _ => Fault.Hang;
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        (await tus.PatchAsync(path, 0, Samples.Mp4)).IsProblem(503, "storage_unavailable");
        Assert.Contains("the address does not answer", await StoreAsync(silo, "description"), StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task OperatorReadsThatTheBucketIsMissing()
    {
        await using var bucket = await S3Bucket.CreateAsync();
        await using var silo = await StartAsync(bucket, ("S3__Bucket", "no-such-bucket"));
        using var api = silo.As("alice");
        using var direct = new DirectClient(api);
        (await direct.CreateAsync(1_000_000)).IsProblem(503, "storage_unavailable");
        Assert.Contains("the bucket does not exist", await StoreAsync(silo, "description"), StringComparison.Ordinal);
        Assert.Contains("the bucket does not exist", silo.Log, StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task OperatorReadsThatTheCredentialsAreRefused()
    {
        await using var bucket = await S3Bucket.CreateAsync();
        await using var silo = await StartAsync(bucket);
        using var api = silo.As("alice");
        using var direct = new DirectClient(api);
        bucket.Front.Decide = _ => Fault.Denied;
        (await direct.CreateAsync(1_000_000)).IsProblem(503, "storage_unavailable");
        Assert.Contains("the credentials are refused", await StoreAsync(silo, "description"), StringComparison.Ordinal);
    }

    private static Task<SiloProcess> StartAsync(S3Bucket bucket, params (string Name, string Value)[] more) => SiloProcess.StartAsync(
        data: null, [.. bucket.Settings.Where(setting => !more.Any(other => other.Name == setting.Name)), ("S3__RetrySeconds", "3600"), ("Roles", "api"), .. more]);

    private static async Task<string> MetricsAsync(SiloProcess silo)
    {
        using var anyone = new ApiClient(silo.Address, token: null);
        return (await anyone.GetAsync("/metrics")).Is(200).Text;
    }

    private static async Task<string?> StoreAsync(SiloProcess silo, string property)
    {
        using var anyone = new ApiClient(silo.Address, token: null);
        var checks = (await anyone.GetJsonAsync("/health/details")).GetProperty("checks");
        return checks.EnumerateArray().Single(check => check.GetProperty("name").GetString() == "object_store").GetProperty(property).GetString();
    }
}
