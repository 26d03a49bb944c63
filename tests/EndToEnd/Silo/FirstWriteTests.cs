using Ingestion.Tests.EndToEnd.Webhooks;
using Ingestion.Tests.Support.Servers;
using Npgsql;

namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>A state that two silos write for the first time at once, as after one of them was frozen: one row stays, and its user is served.</summary>
[NeedsPrograms(PostgresServer.Postgres, PostgresServer.InitDb)]
public sealed class FirstWriteTests : IAsyncLifetime
{
    private const string Known = "ann";

    private const string OtherSilosWrite = """
        insert into OrleansStorage (GrainIdExtensionString, GrainTypeString, ServiceId, GrainIdN0, GrainIdN1, Version, PayloadBinary)
        values (@key, @type, 'ingestion', 0, 0, 1, convert_to('{}', 'UTF8'))
        """;

    private PostgresServer? _postgres;

    public async Task InitializeAsync() => _postgres = await PostgresServer.TryStartAsync();

    public async Task DisposeAsync()
    {
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }

    /// <summary>The other silo's write is a transaction of the test's that ends while this silo writes.</summary>
    [ContractFact]
    public async Task UserIsServedAndEachStateHasOneRow_WhenTheOtherSiloWasFirst()
    {
        var database = await _postgres!.CreateClusterDatabaseAsync();
        await using var silo = await SiloProcess.StartAsync(
            data: null,
            [
                .. WebhookSilo.Lenient, ("Cluster__Kind", "postgres"), ("Cluster__ConnectionString", database), ("Cluster__SiloPort", $"{Ports.Next()}"),
                ("Cluster__AdvertisedAddress", "127.0.0.1"), ("Cluster__OneSilo", "true"),
            ]);
        await using var source = NpgsqlDataSource.Create(database);
        await ActAsync(silo, Known);
        var states = await StatesAsync(source, Known);
        Assert.NotEmpty(states);

        foreach (var (key, type) in states)
        {
            var user = SiloFixture.NewUser();
            await RaceAsync(source, (key.Replace(Known, user, StringComparison.Ordinal), type), () => ActAsync(silo, user));

            await Eventually.TrueAsync(async () => await IsServedAsync(silo, user), () => $"the user is served after a race for {type}:\n{silo.Log}");
            Assert.Empty(await ReadAsync(source, "select GrainIdExtensionString, GrainTypeString from OrleansStorage group by 1, 2 having count(*) > 1"));
        }
    }

    private static async Task RaceAsync(NpgsqlDataSource source, (string Key, string Type) state, Func<Task> act)
    {
        await using var other = await source.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using (var write = new NpgsqlCommand(OtherSilosWrite, other))
        {
            write.Parameters.AddWithValue("key", state.Key);
            write.Parameters.AddWithValue("type", state.Type);
            await write.ExecuteNonQueryAsync();
        }

        var acting = act();
        await Eventually.TrueAsync(
            async () => acting.IsCompleted || (await ReadAsync(source, "select '', '' from pg_stat_activity where wait_event_type = 'Lock'")).Count > 0,
            $"the silo writes {state}");
        await transaction.CommitAsync();
        await acting;
    }

    /// <summary>What makes states of a user; whatever the answers are, they are no faults of the service.</summary>
    private static async Task ActAsync(SiloProcess silo, string user)
    {
        using var api = silo.As(user);
        var answers = await Task.WhenAll(
            api.AddWebhookAsync(new { url = "http://127.0.0.1:9/hook" }), api.PostAsync(FormBody.Of(Samples.Mp4, "clip.mp4")));
        Assert.All(answers, answer => Assert.True(answer.Status is 201 or 503, $"{answer.Status} {answer.Text}"));
    }

    private static async Task<bool> IsServedAsync(SiloProcess silo, string user)
    {
        using var api = silo.As(user);
        Answer[] answers =
        [
            await api.GetAsync("/api/videos"), await api.GetAsync("/api/events/poll?after=0:0&wait=0"), await api.GetAsync("/api/usage"),
            await api.GetAsync(WebhookClient.Path), await api.PostAsync(FormBody.Of(Samples.Mp4, "clip.mp4")),
        ];
        return answers.All(answer => answer.Status is 200 or 201);
    }

    /// <summary>Key and name of each stored state of a user.</summary>
    private static Task<List<(string, string)>> StatesAsync(NpgsqlDataSource source, string user) =>
        ReadAsync(source, $"select GrainIdExtensionString, GrainTypeString from OrleansStorage where GrainIdExtensionString like '%/{user}%'");

    private static async Task<List<(string, string)>> ReadAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<(string, string)>();
        while (await reader.ReadAsync())
            rows.Add((reader.GetString(0), reader.GetString(1)));
        return rows;
    }
}
