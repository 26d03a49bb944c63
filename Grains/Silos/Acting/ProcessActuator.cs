using System.Runtime.InteropServices;

namespace Ingestion.Grains.Silos.Acting;

/// <summary>Acts on this process.</summary>
internal sealed partial class ProcessActuator : IMemoryActuator
{
    // Only glibc has the function; musl gives back by itself.
    private bool _trims = OperatingSystem.IsLinux();

    public TimeSpan Collect() => Collect(GCCollectionMode.Aggressive, compacting: true);

    public TimeSpan CollectGarbage() => Collect(GCCollectionMode.Forced, compacting: false);

    public void CollectInBackground() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false, compacting: false);

    public void TrimNative()
    {
        if (!_trims)
            return;
        try
        {
            _ = TrimNativeHeap(0);
        }
        catch (EntryPointNotFoundException)
        {
            _trims = false;
        }
    }

    private static TimeSpan Collect(GCCollectionMode mode, bool compacting)
    {
        var before = GC.GetTotalPauseDuration();
        GC.Collect(GC.MaxGeneration, mode, blocking: true, compacting);
        return GC.GetTotalPauseDuration() - before;
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimNativeHeap(nuint kept);
}
