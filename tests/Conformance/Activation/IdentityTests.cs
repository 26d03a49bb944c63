using Ingestion.Tests.Conformance.Infrastructure;
using Xunit;

namespace Ingestion.Tests.Conformance.Activation;

[Collection(SharedCluster.Name)]
public sealed class IdentityTests(SharedCluster cluster)
{
    [Fact]
    public async Task GrainKnowsItsKey_WhenKeyIsString()
    {
        const string key = "a key with spaces/slashes+ünicode";
        var grain = cluster.Client.GetGrain<IStringKeyGrain>(key);

        Assert.Equal(key, await grain.KeyAsync());
        Assert.Equal(key, grain.GetPrimaryKeyString());
    }

    [Fact]
    public async Task GrainKnowsItsKey_WhenKeyIsGuid()
    {
        var key = Guid.NewGuid();
        var grain = cluster.Client.GetGrain<IGuidKeyGrain>(key);

        Assert.Equal(key, await grain.KeyAsync());
        Assert.Equal(key, grain.GetPrimaryKey());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public async Task GrainKnowsItsKey_WhenKeyIsInteger(long key)
    {
        var grain = cluster.Client.GetGrain<IIntegerKeyGrain>(key);

        Assert.Equal(key, await grain.KeyAsync());
        Assert.Equal(key, grain.GetPrimaryKeyLong());
    }

    [Fact]
    public async Task GrainKnowsBothPartsOfItsKey_WhenKeyIsCompound()
    {
        var key = Guid.NewGuid();
        Assert.Equal((key, "a+b"), await cluster.Client.GetGrain<IGuidCompoundKeyGrain>(key, "a+b").KeyAsync());
        Assert.Equal((-7, "extension"), await cluster.Client.GetGrain<IIntegerCompoundKeyGrain>(-7, "extension").KeyAsync());
    }

    [Fact]
    public async Task ClassIsTheOneThatThePrefixNames_WhenSeveralImplementTheInterface()
    {
        var grain = cluster.Client.GetGrain<Placement.IPlacedGrain>(Keys.New(), typeof(Placement.HashedGrain).FullName);

        Assert.Equal("hashed", grain.GetGrainId().Type.ToString());
        Assert.Contains(await grain.WhereAsync(), cluster.SiloAddresses);
    }

    [Fact]
    public async Task GrainIdIsTheSame_InsideAndOutside()
    {
        var grain = cluster.Client.GetGrain<IStringKeyGrain>("k");
        var inside = await grain.IdAsync();

        Assert.Equal(grain.GetGrainId(), inside);
        Assert.Equal(inside, GrainId.Parse(inside.ToString()));
        Assert.Equal("k", inside.Key.ToString());
        Assert.Equal("conformance-string-key", inside.Type.ToString());
    }

    [Fact]
    public async Task GrainIsReached_ByItsGrainId()
    {
        var id = cluster.Client.GetGrain<IStringKeyGrain>("by id").GetGrainId();

        Assert.Equal("by id", await cluster.Client.GetGrain<IStringKeyGrain>(id).KeyAsync());
    }

    [Fact]
    public async Task ReferencesAreEqual_AndCrossCallsUnchanged()
    {
        var grain = cluster.Client.GetGrain<IStringKeyGrain>("reference");

        Assert.Equal(grain, cluster.Client.GetGrain<IStringKeyGrain>("reference"));
        Assert.NotEqual(grain, cluster.Client.GetGrain<IStringKeyGrain>("another"));
        Assert.Equal("reference", await cluster.Client.GetGrain<IStringKeyGrain>("asker").KeyOfAsync(grain));
    }

    [Fact]
    public void SiloAddress_SurvivesItsText()
    {
        var address = cluster.SiloAddresses[0];

        Assert.Equal(address, SiloAddress.FromParsableString(address.ToParsableString()));
        Assert.NotEqual(address, cluster.SiloAddresses[1]);
    }
}

public interface IStringKeyGrain : IGrainWithStringKey
{
    Task<string> KeyAsync();

    Task<GrainId> IdAsync();

    Task<string> KeyOfAsync(IStringKeyGrain other);
}

[GrainType("conformance-string-key")]
internal sealed class StringKeyGrain : Grain, IStringKeyGrain
{
    public Task<string> KeyAsync() => Task.FromResult(this.GetPrimaryKeyString());

    public Task<GrainId> IdAsync() => Task.FromResult(this.GetGrainId());

    public Task<string> KeyOfAsync(IStringKeyGrain other) => other.KeyAsync();
}

public interface IGuidKeyGrain : IGrainWithGuidKey
{
    Task<Guid> KeyAsync();
}

internal sealed class GuidKeyGrain : Grain, IGuidKeyGrain
{
    public Task<Guid> KeyAsync() => Task.FromResult(this.GetPrimaryKey());
}

public interface IIntegerKeyGrain : IGrainWithIntegerKey
{
    Task<long> KeyAsync();
}

internal sealed class IntegerKeyGrain : Grain, IIntegerKeyGrain
{
    public Task<long> KeyAsync() => Task.FromResult(this.GetPrimaryKeyLong());
}

public interface IGuidCompoundKeyGrain : IGrainWithGuidCompoundKey
{
    Task<(Guid Key, string? Extension)> KeyAsync();
}

internal sealed class GuidCompoundKeyGrain : Grain, IGuidCompoundKeyGrain
{
    public Task<(Guid Key, string? Extension)> KeyAsync()
    {
        var key = this.GetPrimaryKey(out var extension);
        return Task.FromResult((key, (string?)extension));
    }
}

public interface IIntegerCompoundKeyGrain : IGrainWithIntegerCompoundKey
{
    Task<(long Key, string? Extension)> KeyAsync();
}

internal sealed class IntegerCompoundKeyGrain : Grain, IIntegerCompoundKeyGrain
{
    public Task<(long Key, string? Extension)> KeyAsync()
    {
        var key = this.GetPrimaryKeyLong(out var extension);
        return Task.FromResult((key, (string?)extension));
    }
}
