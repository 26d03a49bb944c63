using System.Buffers;

namespace Orleans.Runtime;

/// <summary>Carries state of its own from one activation to the next when a grain migrates.</summary>
public interface IGrainMigrationParticipant
{
    void OnDehydrate(IDehydrationContext dehydrationContext);

    void OnRehydrate(IRehydrationContext rehydrationContext);
}

public interface IDehydrationContext
{
    IEnumerable<string> Keys { get; }

    void AddBytes(string key, ReadOnlySpan<byte> value);

    void AddBytes<T>(string key, Action<T, IBufferWriter<byte>> valueWriter, T value);

    bool TryAddValue<T>(string key, T? value);
}

public interface IRehydrationContext
{
    IEnumerable<string> Keys { get; }

    bool TryGetBytes(string key, out ReadOnlySequence<byte> value);

    bool TryGetValue<T>(string key, out T? value);
}

/// <summary>The luggage of a migrating grain. Values pass by reference, as arguments do.</summary>
internal sealed class MigrationLuggage : IDehydrationContext, IRehydrationContext
{
    private readonly Dictionary<string, object?> _values = [];

    public IEnumerable<string> Keys => _values.Keys;

    public void AddBytes(string key, ReadOnlySpan<byte> value) => _values[key] = value.ToArray();

    public void AddBytes<T>(string key, Action<T, IBufferWriter<byte>> valueWriter, T value)
    {
        var writer = new ArrayBufferWriter<byte>();
        valueWriter(value, writer);
        AddBytes(key, writer.WrittenSpan);
    }

    public bool TryAddValue<T>(string key, T? value) => _values.TryAdd(key, value);

    public bool TryGetBytes(string key, out ReadOnlySequence<byte> value)
    {
        var found = TryGetValue<byte[]>(key, out var bytes);
        value = new ReadOnlySequence<byte>(bytes ?? []);
        return found;
    }

    public bool TryGetValue<T>(string key, out T? value)
    {
        var found = _values.TryGetValue(key, out var boxed) && boxed is null or T;
        value = found ? (T?)boxed : default;
        return found;
    }
}
