using Orleans.Concurrency;

namespace Ingestion.Auth;

/// <summary>
/// Tokens that are refused although they are signed and have not expired. One list for the cluster, key <see cref="DenyList.Key"/>. It is stored before a
/// call returns; every silo that takes requests keeps a copy, is notified of a change, and reads the list again every few seconds besides.
/// </summary>
[Alias("ingestion.deny-list"), GrainInterfaceType("ingestion.deny-list")]
public interface IDenyListGrain : IGrainWithStringKey
{
    /// <summary>The list; null when it is the one of <paramref name="knownVersion"/> still.</summary>
    [Alias("get"), AlwaysInterleave]
    Task<DenyList?> GetAsync(long knownVersion);

    /// <summary>
    /// Adds a denial. What is denied already is denied until the later of the two times, under its old id.
    /// </summary>
    /// <returns>The denial as it stands in the list; null, and nothing changed, when the list is full.</returns>
    [Alias("add")]
    Task<Denial?> AddAsync(Denial denial);

    /// <summary>Takes a denial from the list. False when there is none of that id.</summary>
    [Alias("remove")]
    Task<bool> RemoveAsync(string id);
}

/// <summary>The denials that count now.</summary>
/// <param name="Version">Another one after each change. 0: nothing was ever denied.</param>
/// <param name="Denials">Oldest first.</param>
[GenerateSerializer, Immutable, Alias("ingestion.deny-list-copy")]
public sealed record DenyList([property: Id(0)] long Version, [property: Id(1)] IReadOnlyList<Denial> Denials)
{
    /// <summary>Key of the only list.</summary>
    public const string Key = "tokens";
}

/// <summary>One token, or all of a user up to a time: exactly one of <paramref name="TokenId"/> and <paramref name="User"/> is set.</summary>
/// <param name="Id">Of the denial.</param>
/// <param name="TokenId">The <c>jti</c> of the token; shares that were made with it are denied too.</param>
/// <param name="User">The user whose tokens and shares are denied that were issued at <paramref name="IssuedUntil"/> or before.</param>
/// <param name="IssuedUntil">With <paramref name="User"/>.</param>
/// <param name="At">When it was denied.</param>
/// <param name="Until">When the last token that it denies has expired; the denial goes then.</param>
[GenerateSerializer, Immutable, Alias("ingestion.denial")]
public sealed record Denial(
    [property: Id(0)] string Id,
    [property: Id(1)] string? TokenId,
    [property: Id(2)] string? User,
    [property: Id(3)] DateTimeOffset? IssuedUntil,
    [property: Id(4)] DateTimeOffset At,
    [property: Id(5)] DateTimeOffset Until)
{
    /// <summary>Made by the erasure of the user, which removes it when it is done; independent of an operator's denial.</summary>
    [Id(6)]
    public bool IsErasure { get; init; }
}
