using System.Security.Cryptography;
using System.Text;
using Orleans.Concurrency;

namespace Ingestion.Users;

/// <summary>
/// Removes everything that is stored of a user. Key: <see cref="ErasureKey.Of"/>. The request is stored before the call returns; the work continues after any
/// crash, and may be requested again at any time. While it runs all tokens of the user are refused.
/// </summary>
[Alias("ingestion.erasure"), GrainInterfaceType("ingestion.erasure")]
public interface IErasureGrain : IGrainWithStringKey
{
    /// <summary>Begins, unless it is under way.</summary>
    [Alias("begin")]
    Task<Erasure> BeginAsync(string user);

    /// <summary>How far it is; null when the user was not erased, or the record has expired.</summary>
    [Alias("get"), AlwaysInterleave]
    Task<Erasure?> GetAsync();

    /// <summary>Called by the index: continues what a crash interrupted.</summary>
    /// <returns>When to check again; null when nothing is left of the erasure itself.</returns>
    [Alias("check"), AlwaysInterleave, ResponseTimeout("00:00:30")]
    Task<DateTimeOffset?> CheckAsync();
}

/// <summary>Which users are being erased, so that a restart finds what it interrupted. Key: <see cref="ErasureKey.Index"/>.</summary>
[Alias("ingestion.erasure-index"), GrainInterfaceType("ingestion.erasure-index")]
public interface IErasureIndexGrain : IGrainWithStringKey
{
    /// <summary>Lists an erasure to be checked at <paramref name="due"/>. Returns once that is durable.</summary>
    [Alias("add")]
    Task AddAsync(string key, DateTimeOffset due);

    /// <summary>Checks the erasures that are due.</summary>
    /// <returns>How many were checked. The sweep calls again until the answer is 0.</returns>
    [Alias("sweep"), ResponseTimeout("00:00:30")]
    Task<int> SweepAsync();
}

/// <summary>How far an erasure is.</summary>
/// <param name="Id">Its id, which does not reveal the user.</param>
/// <param name="BegunAt">When it was requested.</param>
/// <param name="EndedAt">When nothing was left; null while it runs.</param>
/// <param name="Videos">Removed so far.</param>
/// <param name="Uploads">Records of uploads that were removed so far.</param>
/// <param name="Webhooks">Removed so far.</param>
[GenerateSerializer, Immutable, Alias("ingestion.erasure-progress")]
public sealed record Erasure(
    [property: Id(0)] string Id,
    [property: Id(1)] DateTimeOffset BegunAt,
    [property: Id(2)] DateTimeOffset? EndedAt,
    [property: Id(3)] int Videos,
    [property: Id(4)] int Uploads,
    [property: Id(5)] int Webhooks);

/// <summary>Keys of erasures: what is left of one when it is done must not name the user.</summary>
public static class ErasureKey
{
    /// <summary>Of the only index: erasures are few.</summary>
    public const string Index = "0";

    /// <summary>Of the erasure of a user.</summary>
    public static string Of(string user) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(user)).AsSpan(0, 16));
}
