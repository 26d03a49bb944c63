using Ingestion.Backends.GrainStorage.Inventory;
using Ingestion.Backends.ObjectStore.Inventory;

namespace Ingestion.Silo.Check;

/// <summary>What is checked, and how.</summary>
/// <param name="States">The rows.</param>
/// <param name="Objects">The bytes.</param>
/// <param name="OlderThan">The least age of what is checked: what is younger may be under way.</param>
/// <param name="Deep">Whether sources are read for their SHA-256.</param>
/// <param name="Time">The clock.</param>
internal sealed record CheckScope(IStateInventory States, IObjectInventory Objects, TimeSpan OlderThan, bool Deep, TimeProvider Time)
{
    /// <summary>What changed after this is too young to be checked.</summary>
    public DateTimeOffset ChangedBefore => Time.GetUtcNow() - OlderThan;

    /// <summary>The states of one name of these grains, by the grain's key.</summary>
    public async Task<IReadOnlyDictionary<string, T>> FindAsync<T>(string name, IEnumerable<string> ids, CancellationToken cancellationToken)
        where T : class
    {
        var found = await States.FindAsync(name, [.. ids.Select(id => new StateName(id, name))], cancellationToken);
        var states = new Dictionary<string, T>();
        foreach (var (key, state) in found)
        {
            if (state.TryRead<T>(out var read))
                states[key.Key] = read;
        }

        return states;
    }
}
