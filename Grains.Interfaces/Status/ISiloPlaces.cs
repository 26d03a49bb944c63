using Orleans.Concurrency;
using Orleans.Services;

namespace Ingestion.Status;

/// <summary>
/// The sockets and event streams that one silo holds, reachable from every silo. Each has a place among its user's. A user's grain finds them by it when
/// it is activated, and is compared with them from time to time, so that none of them has to renew its place by itself.
/// </summary>
[Alias("ingestion.silo-places"), GrainInterfaceType("ingestion.silo-places")]
public interface ISiloPlaces : IGrainService
{
    /// <summary>
    /// The grain of <paramref name="user"/> is active in the silo <paramref name="grain"/>, with its journal's end at <paramref name="end"/>: whoever is
    /// behind it here catches up.
    /// </summary>
    /// <returns>Those of the user that have their place. None in a silo that takes no sockets.</returns>
    [Alias("wake"), AlwaysInterleave]
    Task<IReadOnlyList<HeldPlace>> WakeAsync(string user, SiloAddress grain, Cursor end);

    /// <summary>Compares what a silo's grains know of this silo with what is here.</summary>
    /// <returns>The users whose places here differ from those in the beat, with the places here.</returns>
    [Alias("beat"), AlwaysInterleave]
    Task<IReadOnlyList<UserPlaces>> BeatAsync(JournalBeat beat);
}

/// <summary>What a silo does with its side of <see cref="ISiloPlaces"/>. Absent in a silo that takes no sockets.</summary>
public interface IPlaceTable
{
    /// <inheritdoc cref="ISiloPlaces.WakeAsync"/>
    IReadOnlyList<HeldPlace> Wake(string user, SiloAddress grain, Cursor end);

    /// <inheritdoc cref="ISiloPlaces.BeatAsync"/>
    IReadOnlyList<UserPlaces> Beat(JournalBeat beat);

    /// <summary>
    /// The grain of <paramref name="user"/> has gone to rest in the silo <paramref name="grain"/>, having stored that places are here.
    /// <paramref name="journal"/> is what it knew then, and places that are behind it catch up; null when a silo of a release before 0.5 says it.
    /// </summary>
    void Rest(string user, SiloAddress grain, RestingJournal? journal);
}

/// <summary>Reaches the places of any silo.</summary>
public interface ISiloPlacesClient : IGrainServiceClient<ISiloPlaces>
{
    /// <inheritdoc cref="ISiloPlaces.WakeAsync"/>
    Task<IReadOnlyList<HeldPlace>> WakeAsync(SiloAddress silo, string user, Cursor end);

    /// <inheritdoc cref="ISiloPlaces.BeatAsync"/>
    Task<IReadOnlyList<UserPlaces>> BeatAsync(SiloAddress silo, JournalBeat beat);
}

/// <summary>A socket or an event stream that has its place among its user's.</summary>
/// <param name="Observer">What is notified.</param>
/// <param name="Health">How it is.</param>
/// <param name="Listens">Whether it wants the journal.</param>
[GenerateSerializer, Immutable, Alias("ingestion.held-place")]
public sealed record HeldPlace([property: Id(0)] IStatusObserver Observer, [property: Id(1)] SocketHealth Health, [property: Id(2)] bool Listens);

/// <summary>What the grains of one silo know of the places in another one: sent every <see cref="ObserverLease.Period"/>.</summary>
/// <param name="Silo">The silo of the grains.</param>
/// <param name="Active">Its active grains that know of a place there.</param>
/// <param name="AtRest">Users whose grain was deactivated since, having stored where its user's places are: it finds them when it is active again.</param>
/// <param name="Journals">Theirs, in the same order. Null from a silo of a release before 0.5.</param>
[GenerateSerializer, Immutable, Alias("ingestion.journal-beat")]
public sealed record JournalBeat(
    [property: Id(0)] SiloAddress Silo,
    [property: Id(1)] IReadOnlyList<ActiveJournal> Active,
    [property: Id(2)] IReadOnlyList<string> AtRest,
    [property: Id(3)] IReadOnlyList<RestingJournal>? Journals = null);

/// <summary>One active grain in a beat.</summary>
/// <param name="User">Its user.</param>
/// <param name="End">The journal's end.</param>
/// <param name="Sum">The sum of the places that it knows in the other silo, see <see cref="PlaceSum"/>.</param>
[GenerateSerializer, Immutable, Alias("ingestion.active-journal")]
public readonly record struct ActiveJournal([property: Id(0)] string User, [property: Id(1)] Cursor End, [property: Id(2)] long Sum);

/// <summary>What a grain knew as it went to rest.</summary>
/// <param name="End">The journal's end.</param>
/// <param name="Sum">The sum of the places that it knew in the silo that gets this, see <see cref="PlaceSum"/>.</param>
[GenerateSerializer, Immutable, Alias("ingestion.resting-journal")]
public readonly record struct RestingJournal([property: Id(0)] Cursor End, [property: Id(1)] long Sum);

/// <summary>The places of one user in one silo.</summary>
/// <param name="User">The user.</param>
/// <param name="Ids">The ids of their holders, those that are only joining among them.</param>
[GenerateSerializer, Immutable, Alias("ingestion.user-places")]
public sealed record UserPlaces([property: Id(0)] string User, [property: Id(1)] IReadOnlyList<string> Ids);

/// <summary>One number for a set of places, the same in every process: two sides that have the same one know the same places.</summary>
public static class PlaceSum
{
    private const ulong Basis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>What a place adds to its set's sum, or takes away: FNV-1a of its id.</summary>
    public static long Of(string id)
    {
        var hash = Basis;
        foreach (var character in id)
            hash = unchecked((hash ^ character) * Prime);
        return unchecked((long)hash);
    }
}
