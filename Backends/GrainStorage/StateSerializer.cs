using System.Text.Json;
using Orleans.Storage;

namespace Ingestion.Backends.GrainStorage;

/// <summary>
/// Grain state in a database as it is in files. Orleans' own choice, Newtonsoft.Json with type names, can't read back what the states are made
/// of: the compiler's read-only lists and immutable dictionaries.
/// </summary>
internal sealed class StateSerializer : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input, StateJson.Options));

    public T? Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input.ToMemory().Span, StateJson.Options);
}
