using Ingestion.Silo.Hosting;
using Npgsql;

namespace Ingestion.Tests.Unit.Settings;

public sealed class DatabasePoolsTests
{
    [Theory]
    [InlineData("Host=db", 25, "ingestion")]
    [InlineData("Host=db;Minimum Pool Size=40", 40, "ingestion")]
    [InlineData("Host=db;Maximum Pool Size=100;Application Name=videos", 100, "videos")]
    [InlineData("Host=db;MaxPoolSize=7", 7, "ingestion")]
    public void States_HaveAtMost25Connections_UnlessTheStringHasANumber(string given, int most, string name)
    {
        var pool = new NpgsqlConnectionStringBuilder(DatabasePools.OfStates(given));
        Assert.Equal((most, name, "db"), (pool.MaxPoolSize, pool.ApplicationName, pool.Host));
    }

    [Theory]
    [InlineData("Host=db", true, 8)]
    [InlineData("Host=db;Max Auto Prepare=0", true, 0)]
    [InlineData("Host=db;No Reset On Close=false", false, 8)]
    public void States_CostNoResets_UnlessTheStringWantsThem(string given, bool keeps, int prepared)
    {
        var pool = new NpgsqlConnectionStringBuilder(DatabasePools.OfStates(given));
        Assert.Equal((keeps, prepared), (pool.NoResetOnClose, pool.MaxAutoPrepare));
    }

    [Theory]
    [InlineData("Host=db;Minimum Pool Size=40;Maximum Pool Size=100", "ingestion membership")]
    [InlineData("Host=db;Application Name=videos", "videos membership")]
    public void Membership_HasAFewOfItsOwn_WhateverTheStringSays(string given, string name)
    {
        var pool = new NpgsqlConnectionStringBuilder(DatabasePools.OfMembership(given));
        Assert.Equal((0, 3, name, "db"), (pool.MinPoolSize, pool.MaxPoolSize, pool.ApplicationName, pool.Host));
    }
}
