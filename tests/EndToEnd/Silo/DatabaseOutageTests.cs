using System.Text.RegularExpressions;
using Ingestion.Tests.EndToEnd.Webhooks;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>A database that goes away under two silos: its trouble is answered alike, whichever silo has the grain that meets it.</summary>
[NeedsPrograms(PostgresServer.Postgres, PostgresServer.InitDb, NpmServer.Node, NpmServer.Npm)]
public sealed class DatabaseOutageTests
{
    private const int Users = 6;

    private static readonly (string, string) _tus = ("Tus-Resumable", "1.0.0");

    /// <summary>Both silos are asked for the same users, so that each user's grains are in the other silo for one of them.</summary>
    [ContractFact]
    public async Task BothSilosAnswer503WithRetryAfter_WhileTheDatabaseIsAway()
    {
        await using var cluster = await ClusterOfTwo.StartAsync(WebhookSilo.Lenient);
        var users = Enumerable.Range(0, Users).Select(_ => SiloFixture.NewUser()).ToArray();
        var videos = new Dictionary<string, string>();
        foreach (var user in users)
        {
            using var api = cluster.One.As(user);
            videos[user] = await api.UploadToReadyAsync(Samples.Mp4);
        }

        await cluster.Postgres.StopAsync();
        foreach (var silo in cluster.Silos)
        {
            foreach (var user in users)
            {
                using var api = silo.As(user);
                await IsUnavailableAsync(api, videos[user]);
            }

            using var stranger = silo.As(SiloFixture.NewUser());
            await IsUnavailableAsync(stranger, $"{Guid.CreateVersion7():N}");
            await MeasuredAsync(silo, @"(0\.)?0*[1-9]");
        }

        await cluster.Postgres.StartAgainAsync();
        foreach (var silo in cluster.Silos)
        {
            foreach (var user in users)
            {
                using var api = silo.As(user);
                await Eventually.TrueAsync(async () => (await api.GetAsync("/api/videos")).Status == 200, () => $"the database is found again\n{silo.Log}");
                Assert.Equal(Samples.Mp4, (await api.GetAsync($"/api/videos/{videos[user]}/source")).Is(200).Body);
                Assert.Contains(videos[user], await api.ListAsync());
            }
        }

        foreach (var silo in cluster.Silos)
            await MeasuredAsync(silo, "0$");
        Assert.All(cluster.Silos, silo => Assert.DoesNotContain("Could not find a codec", silo.Log, StringComparison.Ordinal));
    }

    private static async Task MeasuredAsync(SiloProcess silo, string age)
    {
        using var anyone = new ApiClient(silo.Address, token: null);
        await Eventually.TrueAsync(
            async () => Regex.IsMatch((await anyone.GetAsync("/metrics")).Is(200).Text, $@"(?m)^ingestion_database_outage_age_seconds(\{{.*\}})? {age}"),
            () => $"the outage is measured as {age}\n{silo.Log}");
    }

    /// <summary>Each needs a write, or a state that is in no memory.</summary>
    private static async Task IsUnavailableAsync(ApiClient api, string video)
    {
        Answer[] answers =
        [
            await api.PostAsync(FormBody.Of(Samples.Mp4, "clip.mp4")),
            await api.SendAsync(HttpMethod.Post, "/api/uploads", content: null, _tus, ("Upload-Length", "100")),
            await api.AddWebhookAsync(new { url = "http://127.0.0.1:9/hook" }),
            await api.DeleteAsync($"/api/videos/{video}"),
            await api.GetAsync($"/api/videos/{Guid.CreateVersion7():N}"),
        ];
        Assert.All(answers, answer =>
        {
            answer.IsProblem(503, "unavailable");
            Assert.True(int.Parse(answer.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture) > 0);
        });
    }
}
