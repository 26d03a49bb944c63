using System.Collections.Concurrent;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Silo.Stops;

/// <summary>A silo of a cluster that is frozen for longer than the other one waits, and goes on then.</summary>
[NeedsPrograms(PostgresServer.Postgres, PostgresServer.InitDb, NpmServer.Node, NpmServer.Npm)]
public sealed class FrozenSiloTests
{
    private const int Videos = 12;
    private const int Readers = 24;

    [ContractFact]
    public async Task NothingOldIsAnsweredAndTheSiloEndsItself_WhenItWasDeclaredDeadMeanwhile()
    {
        await using var cluster = await ClusterOfTwo.StartAsync(("Roles", "api"));
        using var api = cluster.One.As("alice");
        using var other = new ApiClient(cluster.Other.Address, api.Token);
        var videos = new List<string>();
        for (var i = 0; i < Videos; i++)
            videos.Add(await api.UploadAsync(Samples.Mp4));
        foreach (var video in videos)
            (await api.GetAsync($"/api/videos/{video}")).Is(200);

        await cluster.One.FreezeAsync();
        await Eventually.TrueAsync(async () => await MembersAsync(other) == "active; sees 1 active, 1 dead", () => $"it is dead\n{cluster.Other.Log}");
        foreach (var video in videos)
            await Eventually.TrueAsync(async () => (await other.DeleteAsync($"/api/videos/{video}")).Status == 204, $"{video} is removed");

        // They wait in the kernel until it goes on.
        var answers = new ConcurrentQueue<(string Video, int Status)>();
        var readers = Enumerable.Range(0, Readers)
            .Select(i => Task.Run(() => ReadUntilItEndsAsync(cluster.One, api.Token!, videos[i % Videos], answers))).ToArray();
        await Task.Delay(TimeSpan.FromSeconds(1));
        await cluster.One.ThawAsync();
        Assert.NotEqual(0, await cluster.One.ExitAsync());
        await Task.WhenAll(readers);

        Assert.DoesNotContain(answers, answer => answer.Status is 200);
        Assert.Contains("I have been told I am dead", cluster.One.Log, StringComparison.Ordinal);
    }

    private static async Task<string?> MembersAsync(ApiClient api) => (await api.GetJsonAsync("/health/details")).GetProperty("checks").EnumerateArray()
        .Single(check => check.GetProperty("name").GetString() == "membership").GetProperty("description").GetString();

    private static async Task ReadUntilItEndsAsync(SiloProcess silo, string token, string video, ConcurrentQueue<(string Video, int Status)> answers)
    {
        using var api = new ApiClient(silo.Address, token);
        try
        {
            while (true)
                answers.Enqueue((video, (await api.GetAsync($"/api/videos/{video}")).Status));
        }
        catch (HttpRequestException)
        {
            // The silo has gone.
        }
    }
}
