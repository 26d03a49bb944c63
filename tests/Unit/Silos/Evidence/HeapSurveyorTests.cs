using Ingestion.Grains.Silos.Evidence;
using Ingestion.Silos.Evidence;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingestion.Tests.Unit.Silos.Evidence;

/// <summary>The real runtime's heap, which is that of the tests.</summary>
public sealed class HeapSurveyorTests
{
    private const int Mebibyte = 1024 * 1024;

    private readonly HeapSurveyor _surveyor = new(NullLogger<HeapSurveyor>.Instance);

    [Fact]
    public async Task LiveObjectsAreCounted_AndDeadOnesAreNot()
    {
        Marker[] live = [.. Enumerable.Range(0, 10_000).Select(_ => new Marker())];
        for (var i = 0; i < 10_000; i++)
            _ = new Garbage();
        var count = await _surveyor.CountAsync(256L * Mebibyte, CancellationToken.None);

        Assert.False(count!.IsPartial);
        Assert.Equal(live.Length, Of<Marker>(count).Objects);
        // Header, type, one field of eight bytes.
        Assert.Equal(24 * live.Length, Of<Marker>(count).Bytes);
        Assert.InRange(Of<Garbage>(count).Objects, 0, 10);
        GC.KeepAlive(live);
    }

    /// <summary>The last event, which says that all have come, is missing then too.</summary>
    [Fact]
    public async Task SurveyIsPartial_WhenTheBufferIsTooSmall()
    {
        Marker[] live = [.. Enumerable.Range(0, 1_000_000).Select(_ => new Marker())];
        var count = await _surveyor.CountAsync(Mebibyte, CancellationToken.None);
        Assert.True(count!.IsPartial);
        Assert.InRange(Of<Marker>(count).Objects, 0, live.Length - 1);
        GC.KeepAlive(live);
    }

    private static HeapType Of<T>(HeapCount count) => count.Types.SingleOrDefault(type => type.Name.EndsWith(typeof(T).Name, StringComparison.Ordinal));

    private sealed class Marker
    {
        public long Value { get; set; }
    }

    private sealed class Garbage
    {
        public long Value { get; set; }
    }
}
