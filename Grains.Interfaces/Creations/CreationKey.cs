using System.Security.Cryptography;
using System.Text;

namespace Ingestion.Creations;

/// <summary>Names of <see cref="ICreationKeyGrain"/>s, and how long they last.</summary>
public static class CreationKey
{
    /// <summary>How often a request that runs says so.</summary>
    public static TimeSpan HoldPeriod { get; } = TimeSpan.FromSeconds(3);

    /// <summary>A request that has not said so for as long no longer runs: its silo has died.</summary>
    public static TimeSpan HoldLasts { get; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a key is kept.</summary>
    public static TimeSpan Lasts { get; } = TimeSpan.FromDays(1);

    /// <summary>All shards of the index.</summary>
    public static IReadOnlyList<string> Shards { get; } =
        [.. Enumerable.Range(0, 16).Select(i => i.ToString("x", System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>The grain of a user's key on a route.</summary>
    public static string Of(string user, string route, string key) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{user}\n{route}\n{key}")));

    /// <summary>The shard of the index that lists it.</summary>
    public static string ShardOf(string key) => key[^1..];
}

/// <summary>What becomes of a request with a key.</summary>
public enum CreationOutcome : byte
{
    /// <summary>It is the first.</summary>
    First = 0,

    /// <summary>An earlier one has made the resource.</summary>
    Made = 1,

    /// <summary>An earlier one was broken off: it may have made the resource, or not.</summary>
    Unknown = 2,

    /// <summary>An earlier one still runs.</summary>
    Running = 3,

    /// <summary>The earlier one declared something else.</summary>
    Reused = 4,
}

/// <summary>How a request with a key ended.</summary>
public enum CreationEnd : byte
{
    /// <summary>The resource exists.</summary>
    Made = 0,

    /// <summary>The request was refused, and nothing is left of it: the key is free again.</summary>
    Refused = 1,

    /// <summary>It was broken off.</summary>
    Unknown = 2,
}

/// <summary>The beginning of a request with a key.</summary>
/// <param name="Outcome">What becomes of it.</param>
/// <param name="Attempt">To be given with each call of this request; 0 when it must not run.</param>
/// <param name="Id">The resource.</param>
[GenerateSerializer, Immutable, Alias("ingestion.creation-start")]
public sealed record CreationStart([property: Id(0)] CreationOutcome Outcome, [property: Id(1)] long Attempt, [property: Id(2)] string Id);
