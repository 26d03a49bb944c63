using Amazon.S3;
using Ingestion.Grains;
using Ingestion.Grains.Videos;
using Ingestion.Uploads;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Placement;
using Orleans.Serialization;
using Orleans.Storage;

namespace Ingestion.Tests.Integration.OrleansFacts;

/// <summary>What a failure does to an activation, and what its caller sees of it.</summary>
public sealed class StateFacts
{
    /// <summary>
    /// An <see cref="InconsistentStateException"/> that leaves a call ends the activation, and the next call reads the state afresh.
    /// <see cref="VideoGrain"/> relies on it: when its write is refused it keeps its old state and lets the exception go.
    /// </summary>
    [Fact]
    public async Task NextCallReadsTheStateAfresh_WhenAnETagConflictHasLeftACall()
    {
        const long StoredEpoch = 41;
        var lease = TimeSpan.FromHours(1);
        await using var cluster = await ServiceCluster.StartAsync();
        var record = await cluster.UploadAsync(cluster.From(0), ServiceCluster.NewUser());
        var video = cluster.From(0).GetGrain<IVideoGrain>(record.Id);
        await video.ExistsAsync();

        var storage = cluster.Services(cluster.Silos[0]).GetRequiredKeyedService<IGrainStorage>(WireNames.Storage);
        var stored = new GrainState<VideoState>();
        await storage.ReadStateAsync("video", video.GetGrainId(), stored);
        stored.State = stored.State! with { ClaimEpoch = StoredEpoch };
        await storage.WriteStateAsync("video", video.GetGrainId(), stored);

        await Assert.ThrowsAsync<InconsistentStateException>(() => video.ClaimAsync("worker", lease));
        Assert.Equal((ClaimOutcome.Granted, StoredEpoch + 1), await ClaimAsync());

        async Task<(ClaimOutcome, long)> ClaimAsync()
        {
            var claim = await video.ClaimAsync("worker", lease);
            return (claim.Outcome, claim.Epoch);
        }
    }

    /// <summary>
    /// An exception reaches a caller in another silo with its type, message and HResult if its namespace is .NET's or listed in
    /// <see cref="ExceptionSerializationOptions"/> (see <see cref="GrainRegistration"/>), and as a <see cref="CodecNotFoundException"/> if not.
    /// <see cref="DiskFull"/> and the edge's table of problems know a full disk and a store that can't be reached by the exception.
    /// </summary>
    [Fact]
    public async Task ExceptionKeepsItsTypeAndHResult_BetweenSilos()
    {
        await using var cluster = await ServiceCluster.StartAsync();
        var key = FactCluster.NewKey();
        await cluster.From(1).GetGrain<IFailingGrain>(key).FailAsync(Failure.None);
        var grain = cluster.From(0).GetGrain<IFailingGrain>(key);
        Assert.Equal(cluster.Silos[1], await cluster.WhereAsync(grain));

        Assert.True(DiskFull.Is(await Assert.ThrowsAsync<IOException>(() => grain.FailAsync(Failure.NoSpace))));
        Assert.True(DiskFull.Is(await Assert.ThrowsAsync<ObjectStoreFullException>(() => grain.FailAsync(Failure.StoreFull))));
        var unavailable = await Assert.ThrowsAsync<ObjectStoreUnavailableException>(() => grain.FailAsync(Failure.StoreUnavailable));
        Assert.Equal("no answer", unavailable.Message);
        // What a class adds to Exception does not arrive: nothing may be decided by it.
        Assert.Null(Assert.IsType<AmazonS3Exception>(unavailable.InnerException).ErrorCode);
        await Assert.ThrowsAsync<CodecNotFoundException>(() => grain.FailAsync(Failure.NotListed));
    }
}

public enum Failure
{
    None,
    NoSpace,
    StoreFull,
    StoreUnavailable,
    NotListed,
}

public interface IFailingGrain : IGrainWithStringKey
{
    Task FailAsync(Failure failure);
}

[PreferLocalPlacement]
internal sealed class FailingGrain : Grain, IFailingGrain
{
    private const int NoSpace = 28;

    public Task FailAsync(Failure failure) => failure switch
    {
        Failure.NoSpace => throw new IOException("no space left", NoSpace),
        Failure.StoreFull => throw new ObjectStoreFullException("full"),
        Failure.StoreUnavailable => throw new ObjectStoreUnavailableException("no answer", new AmazonS3Exception("down") { ErrorCode = "SlowDown" }),
        Failure.NotListed => throw new Xunit.Sdk.XunitException("of the tests"),
        _ => Task.CompletedTask,
    };
}
