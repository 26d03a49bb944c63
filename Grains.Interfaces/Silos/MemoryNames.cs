namespace Ingestion.Silos;

/// <summary>Levels, causes, actions and verdicts as metrics and the API name them. These names are API: they do not follow the code's.</summary>
public static class MemoryNames
{
    /// <summary>The name of a level.</summary>
    public static string Name(this MemoryLevel level) => level switch
    {
        MemoryLevel.Green => "green",
        MemoryLevel.Elevated => "elevated",
        MemoryLevel.High => "high",
        MemoryLevel.Critical => "critical",
        _ => "emergency",
    };

    /// <summary>The name of a cause.</summary>
    public static string Name(this MemoryCause cause) => cause switch
    {
        MemoryCause.None => "none",
        MemoryCause.Garbage => "garbage",
        MemoryCause.Native => "native",
        MemoryCause.LiveGrains => "live_grains",
        MemoryCause.Buffers => "buffers",
        MemoryCause.SocketQueues => "socket_queues",
        MemoryCause.Children => "children",
        MemoryCause.Kernel => "kernel",
        _ => "leak",
    };

    /// <summary>The name of an action.</summary>
    public static string Name(this MemoryAction action) => action switch
    {
        MemoryAction.ShrinkBuffers => "shrink_buffers",
        MemoryAction.CollectInBackground => "collect_in_background",
        MemoryAction.TrimNative => "trim_native",
        MemoryAction.Collect => "collect",
        _ => "shed_idle_grains",
    };

    /// <summary>The name of a verdict.</summary>
    public static string Name(this LeakVerdict verdict) => verdict switch
    {
        LeakVerdict.None => "none",
        LeakVerdict.Watch => "watch",
        LeakVerdict.Warning => "warning",
        _ => "critical",
    };
}
