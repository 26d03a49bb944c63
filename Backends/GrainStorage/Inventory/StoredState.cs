using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Ingestion.Backends.GrainStorage.Inventory;

/// <summary>A state as it is stored.</summary>
/// <param name="Name">Whose it is.</param>
/// <param name="Json">Its text; empty where not even that could be read.</param>
public sealed record StoredState(StateName Name, ReadOnlyMemory<byte> Json)
{
    /// <summary>Reads it as silos do. False when it is damaged.</summary>
    public bool TryRead<T>([NotNullWhen(true)] out T? state)
        where T : class
    {
        try
        {
            state = Json.IsEmpty ? null : JsonSerializer.Deserialize<T>(Json.Span, StateJson.Options);
        }
        catch (JsonException)
        {
            state = null;
        }

        return state is not null;
    }
}
