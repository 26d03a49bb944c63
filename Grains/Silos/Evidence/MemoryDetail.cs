using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Grains.Silos.Shedding;
using Ingestion.Silos;
using Ingestion.Silos.Evidence;
using Ingestion.Silos.Recycling;

namespace Ingestion.Grains.Silos.Evidence;

/// <summary>The memory of one silo in detail.</summary>
/// <param name="Silo">Its address.</param>
/// <param name="Sample">What its governor sees, and what it did.</param>
/// <param name="Managed">The floor of its managed heap.</param>
/// <param name="Native">The floor of its other memory.</param>
/// <param name="Activations">Its activations by grain class, those that take most first.</param>
/// <param name="Heap">The newest survey of its heap; null as long as there was none.</param>
internal sealed record MemoryDetail(
    string Silo, MemorySample Sample, MemoryFloor Managed, MemoryFloor Native, IReadOnlyList<ActivationsOfType> Activations, HeapEvidence? Heap);

/// <summary>What remains of one kind of memory when all of it was reclaimed that can be.</summary>
/// <param name="Bytes">The newest floor; null before the first.</param>
/// <param name="BytesPerHour">By how much floors grow; null while too few are known.</param>
/// <param name="Verdict">What that means.</param>
internal sealed record MemoryFloor(long? Bytes, double? BytesPerHour, LeakVerdict Verdict);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, Converters =
[
    typeof(NameConverter<MemoryLevel>), typeof(NameConverter<MemoryCause>), typeof(NameConverter<MemoryAction>), typeof(NameConverter<LeakVerdict>),
    typeof(NameConverter<RecycleStep>),
])]
[JsonSerializable(typeof(MemoryDetail))]
internal sealed partial class MemoryDetailJson : JsonSerializerContext;

/// <summary>Values by name, as metrics and the API have them.</summary>
internal sealed class NameConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower)
    where T : struct, Enum;
