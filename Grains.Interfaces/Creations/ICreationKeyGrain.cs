using Ingestion.Calls;

namespace Ingestion.Creations;

/// <summary>
/// One <c>Idempotency-Key</c> of one user on one route: which resource its requests create, for a day. Key: a hash of the three, see
/// <see cref="CreationKey"/>. No answer is stored, and nothing secret: the resource itself shows what was answered.
/// </summary>
[Alias("ingestion.creation-key"), GrainInterfaceType("ingestion.creation-key")]
public interface ICreationKeyGrain : IGrainWithStringKey
{
    /// <summary>
    /// Begins a request with this key. <paramref name="fingerprint"/>: a hash of what the request declares. <paramref name="id"/>: what its resource is to
    /// be called if this is the first request.
    /// </summary>
    [Alias("begin"), Repeatable]
    Task<CreationStart> BeginAsync(string fingerprint, string id);

    /// <summary>The request of <paramref name="attempt"/> still runs. To be called every <see cref="CreationKey.HoldPeriod"/>.</summary>
    [Alias("hold"), Repeatable]
    Task HoldAsync(long attempt);

    /// <summary>
    /// An earlier request has left no resource, and its id is closed, so that it can't leave one late: this one makes <paramref name="id"/>. False when it
    /// is not the one that runs.
    /// </summary>
    [Alias("restart"), Repeatable]
    Task<bool> RestartAsync(long attempt, string id);

    /// <summary>The request of <paramref name="attempt"/> has ended. Ignored when another one runs, or has taken the key over.</summary>
    [Alias("end"), Repeatable]
    Task EndAsync(long attempt, CreationEnd end);

    /// <summary>Called by the index when the key is due.</summary>
    /// <returns>When it is due again; null when nothing is left of it.</returns>
    [Alias("expire")]
    Task<DateTimeOffset?> ExpireAsync();
}

/// <summary>Which keys there are. Key: a shard, see <see cref="CreationKey.ShardOf"/>.</summary>
[Alias("ingestion.creation-key-index"), GrainInterfaceType("ingestion.creation-key-index")]
public interface ICreationKeyIndexGrain : IGrainWithStringKey
{
    /// <summary>Lists a key to be checked at <paramref name="due"/>. Returns once that is durable.</summary>
    [Alias("add")]
    Task AddAsync(string key, DateTimeOffset due);

    /// <summary>Checks the keys that are due; not all of them when there are very many.</summary>
    /// <returns>How many were checked. The sweep calls again until the answer is 0.</returns>
    [Alias("sweep")]
    Task<int> SweepAsync();
}
