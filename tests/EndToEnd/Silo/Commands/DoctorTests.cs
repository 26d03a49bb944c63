using System.Security.Cryptography;
using Amazon.SQS.Model;
using Ingestion.Tests.EndToEnd.Webhooks;
using Ingestion.Tests.Support.Servers;
using Microsoft.AspNetCore.Http;

namespace Ingestion.Tests.EndToEnd.Silo.Commands;

/// <summary>Whether a silo could run, said from the command line with what to do where it could not.</summary>
[NeedsPrograms(NpmServer.Node, NpmServer.Npm, PostgresServer.Postgres, PostgresServer.InitDb)]
public sealed class DoctorTests : IDisposable
{
    private const int Well = 0;
    private const int Wrong = 1;
    private const int WrongSetting = 78;

    private static readonly (string, string) _key = ("Token__Key", Convert.ToBase64String([.. Guid.NewGuid().ToByteArray(), .. Guid.NewGuid().ToByteArray()]));

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AllIsWell_BesideASiloThatRuns()
    {
        await using var silo = await SiloProcess.StartAsync();

        var found = await ExamineAsync(Well, silo.Data, [], "--urls", silo.Address.GetLeftPart(UriPartial.Authority));

        Assert.Equal(("ok", "ok"), (found["data folder"], found["token key"]));
        // It does not know whose port it is.
        Assert.Equal("warning", found["ports"]);
    }

    [Fact]
    public async Task HostsOfWebhooksAreReached_OrNamed()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var silo = await SiloProcess.StartAsync(data: null, WebhookSilo.Lenient);
        using var owner = silo.As("ann");
        var away = $"http://127.0.0.1:{Ports.Next()}";
        await owner.AddedAsync(new { url = receiver.Url() });
        var (id, _) = await owner.AddedAsync(new { url = $"{away}/secret-path" });

        var run = await RunAsync(silo.Data, WebhookSilo.Lenient);
        Assert.Matches($@"warning  receivers +of 2 hosts of webhooks 1 are not reached: {away} \(connection_failed\)\n", run.Output);
        Assert.DoesNotContain("secret-path", run.Output, StringComparison.Ordinal);
        Assert.Empty(receiver.Requests);

        using var change = new StringContent("""{"enabled":false}""", System.Text.Encoding.UTF8, "application/json");
        (await owner.SendAsync(HttpMethod.Patch, $"{WebhookClient.Path}/{id}", change)).Is(200);
        Assert.Matches("ok       receivers +1 hosts of webhooks are reached\n", (await RunAsync(silo.Data, WebhookSilo.Lenient)).Output);
    }

    [Fact]
    public async Task SaysWhatToDo_WhereThereIsNoKey()
    {
        var run = await RunAsync(_folder.Path, [], "--urls", $"http://127.0.0.1:{Ports.Next()}");

        Assert.Equal(Wrong, run.ExitCode);
        Assert.Contains("wrong    token key        No token key: the key file ", run.Output, StringComparison.Ordinal);
        Assert.Contains("-> docs/use/tokens.md says how to make one", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"\d+ looks: \d+ ok, \d+ warnings, 1 wrong\.\n$", run.Output);
        // It has made nothing.
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task SettingsAreRefusedAsOfRun()
    {
        var run = await RunAsync(_folder.Path, [("Uplods__MaxFileBytes", "5")]);
        Assert.Equal(WrongSetting, run.ExitCode);
        Assert.StartsWith("ingestion: cannot examine: Ingestion:", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IdentityProviderIsLookedAt_AndEachMistakeIsNamed()
    {
        await using var provider = await IdentityProvider.StartAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (provider.Document["authorization_endpoint"], provider.Document["token_endpoint"]) = (provider.Address + "authorize", provider.Address + "token");
        (string, string)[] settings = [_key, ("Token__Authority", provider.Issuer), ("Console__SignIn__ClientId", "console")];

        var found = await ExamineAsync(Wrong, _folder.Path, settings);
        Assert.Equal(("ok", "ok", "wrong", "ok"), Of(found));
        provider.Publish("key", key);
        found = await ExamineAsync(Well, _folder.Path, settings);
        Assert.Equal(("ok", "ok", "ok", "ok"), Of(found));
        found = await ExamineAsync(Wrong, _folder.Path, [.. settings, ("Token__Issuer", "https://other.example.org"), ("Token__Algorithms", "RS256")]);
        Assert.Equal(("ok", "warning", "wrong", "warning"), Of(found));
        // The page may connect to the origin of the provider only.
        provider.Document["token_endpoint"] = "https://other.example.org/token";
        found = await ExamineAsync(Wrong, _folder.Path, settings);
        Assert.Equal(("ok", "ok", "ok", "wrong"), Of(found));
        provider.Instead = context => context.Response.WriteAsync("<html>");
        var run = await RunAsync(_folder.Path, settings);
        Assert.Equal(Wrong, run.ExitCode);
        Assert.Matches($"wrong    provider +{provider.Issuer}/.well-known/openid-configuration answers with something else", run.Output);
        Assert.Contains("-> correct Ingestion:Token:Authority, or let this machine reach it", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("provider keys", run.Output, StringComparison.Ordinal);

        // A worker checks no tokens.
        found = await ExamineAsync(null, _folder.Path, [.. settings, ("Roles", "worker")]);
        Assert.DoesNotContain("provider", found.Keys);

        static (string, string, string, string) Of(Dictionary<string, string> found) =>
            (found["provider"], found["provider issuer"], found["provider keys"], found["console sign-in"]);
    }

    [Fact]
    public async Task IdentityProviderThatIsAwayIsNamed()
    {
        var away = $"http://127.0.0.1:{Ports.Next()}/realm";
        var run = await RunAsync(_folder.Path, [_key, ("Token__JwksUrl", away), ("Token__Issuer", "https://id.example.org")]);
        Assert.Equal(Wrong, run.ExitCode);
        Assert.Matches($"wrong    provider +{away}: .*refused", run.Output);
        Assert.Contains("-> correct Ingestion:Token:JwksUrl", run.Output, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task StoreAndQueueAreUsedAsASiloDoes_AndLeftAsTheyWere()
    {
        await using var shared = await SharedBackends.StartAsync();

        var found = await ExamineAsync(Well, _folder.Path, [_key, .. shared.Settings]);

        string[] subjects = ["bucket", "bucket rights", "bucket uploads", "queue", "queue policy", "queue retention", "dead letters"];
        Assert.All(subjects, subject => Assert.Equal("ok", found[subject]));
        using var store = new Amazon.S3.AmazonS3Client(
            "test", "test", new Amazon.S3.AmazonS3Config { ServiceURL = shared.Url, ForcePathStyle = true });
        Assert.Empty((await store.ListObjectsV2Async(new() { BucketName = shared.Bucket })).S3Objects ?? []);
        Assert.Equal(0, await shared.CountJobsAsync());
    }

    [ContractFact]
    public async Task EachMistakeIsNamed_OfStoreAndQueue()
    {
        await using var shared = await SharedBackends.StartAsync();
        await shared.Sqs.SetQueueAttributesAsync(new SetQueueAttributesRequest
        {
            QueueUrl = shared.QueueUrl,
            Attributes = new() { ["RedrivePolicy"] = """{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:x","maxReceiveCount":"3"}""" },
        });
        (string, string)[] settings = [_key, .. shared.Settings.Where(setting => setting.Name != "S3__Bucket"), ("S3__Bucket", "there-is-none")];

        var found = await ExamineAsync(Wrong, _folder.Path, settings);

        Assert.Equal(("wrong", "ok", "wrong"), (found["bucket"], found["queue"], found["queue policy"]));
        // What would only fail in its wake is left out.
        Assert.DoesNotContain("bucket rights", found.Keys);
    }

    [ContractFact]
    public async Task EachMistakeIsNamed_OfADatabase()
    {
        await using var server = (await PostgresServer.TryStartAsync())!;
        var (empty, made) = (await server.CreateDatabaseAsync(), await server.CreateClusterDatabaseAsync());
        (string, string)[] On(string database) =>
        [
            _key, ("Cluster__Kind", "postgres"), ("Cluster__OneSilo", "true"), ("Cluster__ConnectionString", database), ("Cluster__SiloPort", "0"),
        ];

        var found = await ExamineAsync(Wrong, _folder.Path, On(empty));
        Assert.Equal(("ok", "wrong"), (found["database"], found["schema"]));
        found = await ExamineAsync(null, _folder.Path, On(made));
        Assert.Equal(("ok", "ok", "ok"), (found["database"], found["schema"], found["clock"]));
        await server.StopAsync();
        found = await ExamineAsync(Wrong, _folder.Path, On(made));
        Assert.Equal("wrong", found["database"]);
    }

    /// <summary>The verdict of each subject.</summary>
    private static async Task<Dictionary<string, string>> ExamineAsync(
        int? exitCode, string data, IReadOnlyList<(string Name, string Value)> settings, params string[] arguments)
    {
        var run = await RunAsync(data, settings, [.. arguments is [] ? ["--urls", $"http://127.0.0.1:{Ports.Next()}"] : arguments, "--json"]);
        Assert.True(exitCode is null || run.ExitCode == exitCode, $"exit code {run.ExitCode}\n{run.Output}\n{run.Error}");
        return JsonSerializer.Deserialize<JsonElement>(run.Output).GetProperty("findings").EnumerateArray()
            .ToDictionary(finding => finding.GetProperty("subject").GetString()!, finding => finding.GetProperty("verdict").GetString()!);
    }

    private static Task<Finished> RunAsync(string data, IReadOnlyList<(string Name, string Value)> settings, params string[] arguments)
    {
        var start = Executable.Silo(["doctor", "--data", data, .. arguments]);
        foreach (var (name, value) in settings)
            start.Environment[name.StartsWith("AWS_", StringComparison.Ordinal) ? name : $"Ingestion__{name}"] = value;
        return Executable.RunAsync(start);
    }
}
