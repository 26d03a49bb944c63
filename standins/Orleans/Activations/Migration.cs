namespace Orleans.Runtime;

/// <summary>Carries state of its own from one activation to the next when a grain migrates.</summary>
public interface IGrainMigrationParticipant
{
    void OnDehydrate(IDehydrationContext dehydrationContext);

    void OnRehydrate(IRehydrationContext rehydrationContext);
}

public interface IDehydrationContext
{
    bool TryAddValue<T>(string key, T? value);
}

public interface IRehydrationContext
{
    bool TryGetValue<T>(string key, out T? value);
}

/// <summary>The luggage of a migrating grain. Values pass by reference, as arguments do.</summary>
internal sealed class MigrationLuggage : IDehydrationContext, IRehydrationContext
{
    private readonly Dictionary<string, object?> _values = [];

    public bool TryAddValue<T>(string key, T? value) => _values.TryAdd(key, value);

    public bool TryGetValue<T>(string key, out T? value)
    {
        var found = _values.TryGetValue(key, out var boxed) && boxed is null or T;
        value = found ? (T?)boxed : default;
        return found;
    }
}
