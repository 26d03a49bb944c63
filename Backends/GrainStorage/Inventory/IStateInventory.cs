using Orleans.Storage;

namespace Ingestion.Backends.GrainStorage.Inventory;

/// <summary>
/// All stored states, read without a silo: what a check needs. Silos may write meanwhile; each state is read whole, and two states may be of
/// different moments.
/// </summary>
public interface IStateInventory : IAsyncDisposable
{
    /// <summary>Reads and writes single states, as silos do, with ETags.</summary>
    IGrainStorage Storage { get; }

    /// <summary>What stands for a grain's key in <see cref="StateName"/>: keys that are long or odd are stored as hashes.</summary>
    string KeyOf(string grainType, string key);

    /// <summary>The states of all grains of a type, page by page, in an order that stays the same.</summary>
    IAsyncEnumerable<IReadOnlyList<StoredState>> ListAsync(string grainType, CancellationToken cancellationToken);

    /// <summary>Of these the states of one name, without reading the others.</summary>
    IAsyncEnumerable<IReadOnlyList<StoredState>> ListAsync(string grainType, string name, CancellationToken cancellationToken);

    /// <summary>One of these pages: the one behind the state of that name, or the first one where that is empty.</summary>
    Task<StatePage> ReadAsync(string grainType, StateName after, CancellationToken cancellationToken);

    /// <summary>Those states of these names that there are.</summary>
    Task<IReadOnlyDictionary<StateName, StoredState>> FindAsync(string grainType, IReadOnlyCollection<StateName> names, CancellationToken cancellationToken);
}

/// <summary>Which state of which grain of a type.</summary>
/// <param name="Key">As <see cref="IStateInventory.KeyOf"/> makes it.</param>
/// <param name="Name">The state's name.</param>
public readonly record struct StateName(string Key, string Name)
{
    /// <summary>Before all others.</summary>
    public static StateName First { get; } = new("", "");
}

/// <summary>States in their order.</summary>
/// <param name="States">What could still be read.</param>
/// <param name="Last">The name of the last one; null: there are none any more.</param>
public sealed record StatePage(IReadOnlyList<StoredState> States, StateName? Last);
