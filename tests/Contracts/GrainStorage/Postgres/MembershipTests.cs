using System.Net;
using Ingestion.Tests.Support.Servers;
using Xunit;

namespace Ingestion.Tests.Contracts.GrainStorage.Postgres;

/// <summary>Orleans' membership table over our SQL.</summary>
[Collection(ClusterDatabase.Name)]
[NeedsPrograms(PostgresServer.Postgres, PostgresServer.InitDb)]
public sealed class MembershipTests(ClusterDatabase database) : IAsyncLifetime
{
    // Whole microseconds: PostgreSQL keeps no more.
    private static readonly DateTime _start = new(2026, 3, 4, 5, 6, 7, 890, DateTimeKind.Utc);

    private readonly string _cluster = Guid.NewGuid().ToString("N");
    private DatabaseSilo? _silo;

    private IMembershipTable Table => _silo!.Membership;

    public async Task InitializeAsync()
    {
        if (database.ConnectionString.Length == 0)
            return;
        _silo = await DatabaseSilo.StartAsync(database.ConnectionString, _cluster);
        await Table.InitializeMembershipTableAsync(tryInitTableVersion: true);
    }

    public async Task DisposeAsync()
    {
        if (_silo is not null)
            await _silo.DisposeAsync();
    }

    [ContractFact]
    public async Task Table_IsEmptyWithAVersion_WhenItIsInitialisedTwice()
    {
        await Table.InitializeMembershipTableAsync(tryInitTableVersion: true);
        var all = await ReadAsync();
        Assert.Empty(all.Members);
        Assert.Equal(0, all.Version.Version);
    }

    [ContractFact]
    public async Task Row_IsReadBack_WhenInsertedAndUpdated()
    {
        var entry = Entry(1, SiloStatus.Joining);
        Assert.True(await Table.InsertRowAsync(entry, (await ReadAsync()).Version.Next()));
        entry.Status = SiloStatus.Active;
        entry.AddSuspector(SiloAddress.New(IPAddress.Loopback, 2, 2), _start.AddSeconds(1));
        var (_, etag) = Assert.Single((await ReadAsync()).Members);
        Assert.True(await Table.UpdateRowAsync(entry, etag, (await ReadAsync()).Version.Next()));

        var row = await Table.ReadRowAsync(entry.SiloAddress);
        Assert.Equal(2, row.Version.Version);
        var read = Assert.Single(row.Members).Item1;
        Assert.Equal(
            (entry.SiloAddress, SiloStatus.Active, "silo 1", "host", 30_001, _start, _start),
            (read.SiloAddress, read.Status, read.SiloName, read.HostName, read.ProxyPort, read.StartTime, read.IAmAliveTime));
        Assert.Equal(_start.AddSeconds(1), Assert.Single(read.SuspectTimes!).Item2);
        Assert.Empty((await Table.ReadRowAsync(SiloAddress.New(IPAddress.Loopback, 9, 9))).Members);
    }

    [ContractFact]
    public async Task OneChangeWins_WhenSilosKnowTheSameVersion()
    {
        var version = (await ReadAsync()).Version.Next();
        var joined = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => Table.InsertRowAsync(Entry(i, SiloStatus.Joining), version)));
        Assert.Single(joined, inserted => inserted);
        var all = await ReadAsync();
        Assert.Equal((1, 1), (all.Members.Count, all.Version.Version));

        var (entry, etag) = all.Members[0];
        var suspected = await Task.WhenAll(Enumerable.Range(1, 8).Select(_ => Table.UpdateRowAsync(entry, etag, all.Version.Next())));
        Assert.Single(suspected, updated => updated);
        Assert.Equal(2, (await ReadAsync()).Version.Version);
    }

    [ContractFact]
    public async Task Change_IsRefusedAndRaisesNothing_WhenItsRowIsThereOrMissing()
    {
        var entry = Entry(1, SiloStatus.Active);
        Assert.False(await Table.UpdateRowAsync(entry, "0", (await ReadAsync()).Version.Next()));
        Assert.True(await Table.InsertRowAsync(entry, (await ReadAsync()).Version.Next()));
        Assert.False(await Table.InsertRowAsync(entry, (await ReadAsync()).Version.Next()));
        Assert.Equal(1, (await ReadAsync()).Version.Version);
    }

    [ContractFact]
    public async Task Heartbeat_IsStoredWithoutANewVersion_WhenASiloIsAlive()
    {
        var entry = Entry(1, SiloStatus.Active);
        await Table.InsertRowAsync(entry, (await ReadAsync()).Version.Next());
        entry.IAmAliveTime = _start.AddMinutes(1);
        await Table.UpdateIAmAliveAsync(entry);
        var all = await ReadAsync();
        Assert.Equal((entry.IAmAliveTime, 1), (Assert.Single(all.Members).Item1.IAmAliveTime, all.Version.Version));
    }

    [ContractFact]
    public async Task DefunctSilos_Go_WhenTheyAreDeadForLong()
    {
        foreach (var entry in (MembershipEntry[])[Entry(1, SiloStatus.Dead), Entry(2, SiloStatus.Active), Entry(3, SiloStatus.Dead)])
            await Table.InsertRowAsync(entry, (await ReadAsync()).Version.Next());
        await Table.UpdateIAmAliveAsync(Alive(3, _start.AddDays(1)));

        await Table.CleanupDefunctSiloEntriesAsync(_start.AddHours(1));
        Assert.Equal([2, 3], (await ReadAsync()).Members.Select(member => member.Item1.SiloAddress.Generation).Order());
        await Table.DeleteMembershipTableEntriesAsync(_cluster);
        Assert.Equal(0, await database.ScalarAsync<int>(
            "select count(*)::int from OrleansMembershipTable where DeploymentId = @cluster", ("cluster", _cluster)));
    }

    private Task<MembershipTableData> ReadAsync() => Table.ReadAllAsync();

    private static MembershipEntry Alive(int i, DateTime at)
    {
        var entry = Entry(i, SiloStatus.Dead);
        entry.IAmAliveTime = at;
        return entry;
    }

    private static MembershipEntry Entry(int i, SiloStatus status) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 11_000 + i, i),
        Status = status,
        SiloName = $"silo {i}",
        HostName = "host",
        ProxyPort = 30_000 + i,
        StartTime = _start,
        IAmAliveTime = _start,
    };
}
