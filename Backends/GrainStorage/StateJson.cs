using System.Text.Json;

namespace Ingestion.Backends.GrainStorage;

/// <summary>How grain state is written, wherever it is stored: plain JSON without the names of .NET types, which a newer build may not have.</summary>
public static class StateJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);
}
