using System.Diagnostics;
using Ingestion.Tests.Cluster.Checks;
using Ingestion.Tests.Cluster.Infrastructure;
using Xunit.Abstractions;

namespace Ingestion.Tests.Cluster.Load;

/// <summary>
/// New users whose clients work through the balancer while a history happens to the cluster, and what must hold of every answer that they got.
/// </summary>
internal sealed class HistoryLoad : IAsyncDisposable
{
    private const int Users = 2;

    // A client that hears nothing for so long sends again: half of the pause that any history makes.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(500);

    private readonly IHistoryCluster _cluster;
    private readonly ITestOutputHelper _output;
    private readonly List<UserLoad> _users = [];
    private readonly long _began = Stopwatch.GetTimestamp();

    private HistoryLoad(IHistoryCluster cluster, ITestOutputHelper output) => (_cluster, _output) = (cluster, output);

    private int Acknowledged => _users.Sum(user => user.Ledger.Acknowledged.Count);

    private IEnumerable<string> Violations => _users.SelectMany(user => user.Ledger.Violations);

    /// <summary>Repairs the cluster, and starts the clients.</summary>
    public static async Task<HistoryLoad> StartAsync(IHistoryCluster cluster, ITestOutputHelper output)
    {
        await cluster.RepairAsync();
        var load = new HistoryLoad(cluster, output);
        try
        {
            for (var i = 0; i < Users; i++)
            {
                var name = SiloFixture.NewUser();
                load._users.Add(await UserLoad.StartAsync(name, cluster.As(name, _patience)));
            }

            await load.GoOnAsync(4);
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until so many more videos are acknowledged.</summary>
    public Task GoOnAsync(int count)
    {
        var due = Acknowledged + count;
        return Eventually.TrueAsync(
            () => Task.FromResult(Acknowledged >= due || Violations.Any()), () => $"{count} more videos are acknowledged\n{Report()}");
    }

    /// <summary>
    /// Ends the clients, once the cluster is whole again, and reads everything back: nothing acknowledged is lost or half, no offset fell, nothing is
    /// there twice, and each socket has seen each event once.
    /// </summary>
    public async Task AssertNothingIsLostAsync()
    {
        await Task.WhenAll(_users.Select(user => user.EndAsync()));
        var findings = Violations.ToList();
        foreach (var user in _users)
        {
            var client = new PatientClient(user.Api, user.Ledger);
            findings.AddRange(await LibraryCheck.RunAsync(client, user.Ledger));
            await UntilReadyAsync(client);
            var journal = await JournalReader.ReadAsync(client);
            findings.AddRange(JournalCheck.Journal(journal, user.Ledger.Acknowledged.Values));
            foreach (var follower in user.Followers)
            {
                await Eventually.TrueAsync(() => Task.FromResult(follower.LastOffset >= journal[^1].Offset), () => $"a socket is at {journal[^1]}\n{Report()}");
                findings.AddRange(JournalCheck.Socket(follower.Seen, journal));
            }
        }

        // Findings come last: the log of three silos is longer than what a reader keeps.
        Assert.True(findings is [], $"{Report()}\n{string.Join('\n', findings)}");
        await _cluster.AssertStoredDataIsRightAsync();
        _output.WriteLine($"{Stopwatch.GetElapsedTime(_began).TotalSeconds:F0} s, {Acknowledged} videos. {Outcomes()}");
    }

    /// <summary>No client had to send a request again.</summary>
    public void AssertNoRequestFailed()
    {
        string[] good = ["200", "201", "204"];
        var failed = Counts().Where(outcome => !outcome.What.StartsWith("socket", StringComparison.Ordinal) && !good.Contains(outcome.What.Split(' ')[1]));
        // Last, as findings are.
        Assert.True(!failed.Any(), $"{Report()}\n{string.Join(", ", failed)}");
    }

    /// <summary>Forms of one user to one silo, a little apart; each comes again through the balancer until it is answered.</summary>
    public Task SendBurstAsync(ClusterOfThree cluster, int silo, int forms) => _users[0].SendBurstAsync(cluster.As(_users[0].User, silo, _patience), forms);

    public async ValueTask DisposeAsync()
    {
        foreach (var user in _users)
            await user.DisposeAsync();
    }

    /// <summary>
    /// The jobs of a silo that has gone are given to another one when the queue gives them up, and those that one has put back stay hidden for up to a minute.
    /// </summary>
    private async Task UntilReadyAsync(PatientClient client)
    {
        var began = Stopwatch.GetTimestamp();
        List<(string Id, string Name, string Status)> waiting;
        while ((waiting = [.. (await LibraryCheck.ListAsync(client)).Where(row => row.Status != "ready")]) is not [])
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < 3 * Eventually.Deadline, $"never ready: {string.Join('\n', waiting)}\n{Report()}");
            await Task.Delay(_look);
        }
    }

    private IEnumerable<(string What, int Count)> Counts() => _users.SelectMany(user => user.Ledger.Outcomes).GroupBy(outcome => outcome.Key)
        .OrderBy(outcome => outcome.Key, StringComparer.Ordinal).Select(outcome => (outcome.Key, outcome.Sum(count => count.Value)));

    private string Outcomes() => string.Join(", ", Counts().Select(outcome => $"{outcome.What}: {outcome.Count}"));

    private string Report() => $"{Outcomes()}\n{string.Join('\n', Violations)}\n{_cluster.Log}";
}
