using System.Text.Json;
using Ingestion.Grains.Silos.Recycling;
using Ingestion.Grains.Silos.Shedding;
using Ingestion.Silos.Evidence;

namespace Ingestion.Grains.Silos.Evidence;

/// <inheritdoc cref="IMemoryDetail"/>
internal sealed class MemoryDetailReader(
    ILocalSiloDetails self, GovernorView view, LeakWatch leaks, ActivationCensus census, Recycler recycler, HeapSurveys heap) : IMemoryDetail
{
    public byte[] ReadJson() => JsonSerializer.SerializeToUtf8Bytes(Read(), MemoryDetailJson.Default.MemoryDetail);

    private MemoryDetail Read() => new(
        self.SiloAddress.ToParsableString(), view.ToSample() with { Recycle = recycler.Step }, Of(leaks.Managed), Of(leaks.Native),
        [.. census.ReadTypes().OrderByDescending(type => type.EstimatedBytes)], heap.Last);

    private static MemoryFloor Of(LeakSight sight) => new(sight.FloorBytes, sight.BytesPerHour, sight.Verdict);
}
