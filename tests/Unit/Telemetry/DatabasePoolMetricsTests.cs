using System.Diagnostics.Metrics;
using Ingestion.Silo.Hosting;
using Ingestion.Silo.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Ingestion.Tests.Unit.Telemetry;

public sealed class DatabasePoolMetricsTests
{
    private const string Database = "Host=127.0.0.1;Port=1;Timeout=1;Username=silos;Password=secret";

    [Fact]
    public async Task PoolsAreNamedByWhatTheyAreFor_AndNotByTheirConnectionStrings()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var metrics = new DatabasePoolMetrics(meters, TimeProvider.System);
        await TryOpenAsync(DatabasePools.OfStates(Database));
        await TryOpenAsync(DatabasePools.OfMembership(Database));
        await TryOpenAsync(Database);

        var limits = Read(meters, "ingestion.database.connection.limit");
        Assert.Equal(["membership: 3", "states: 25"], limits.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Host=db", null)]
    [InlineData("Host=db;Application Name=some membership", null)]
    public void AnotherPool_HasNoName(string connectionString, string? name) => Assert.Equal(name, DatabasePools.NameOf(connectionString));

    [Theory]
    [InlineData("Host=db;Password=p")]
    [InlineData("Host=db;Application Name=videos;Maximum Pool Size=9;No Reset On Close=false;Max Auto Prepare=0")]
    public void BothPools_AreKnown_WhateverTheStringHas(string given)
    {
        Assert.Equal("states", DatabasePools.NameOf(DatabasePools.OfStates(given)));
        Assert.Equal("membership", DatabasePools.NameOf(DatabasePools.OfMembership(given)));
    }

    [Fact]
    public void WaitTime_IsOfAllThatWait_AlsoOfThoseThatStillDo()
    {
        var time = new FakeTimeProvider();
        var pool = new DatabasePoolUse(time);
        pool.Wait(1);
        time.Advance(TimeSpan.FromSeconds(1));
        pool.Wait(1);
        time.Advance(TimeSpan.FromSeconds(2));
        pool.Wait(-1);
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal((TimeSpan.FromSeconds(9), 1, 2), (pool.WaitTime, pool.Waiting, pool.Waited));
    }

    [Fact]
    public void EndOfAWait_ThatBeganBeforeAnythingListened_CountsForNothing()
    {
        var time = new FakeTimeProvider();
        var pool = new DatabasePoolUse(time);
        pool.Wait(-1);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((TimeSpan.Zero, 0, 0), (pool.WaitTime, pool.Waiting, pool.Waited));
    }

    private static async Task TryOpenAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await Assert.ThrowsAsync<NpgsqlException>(() => connection.OpenAsync());
    }

    private static List<string> Read(IMeterFactory meters, string name)
    {
        var read = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name.StartsWith("ingestion.database.", StringComparison.Ordinal))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (instrument.Name == name)
                read.Add($"{tags[0].Value}: {value}");
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return read;
    }
}
