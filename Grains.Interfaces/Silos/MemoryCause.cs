namespace Ingestion.Silos;

/// <summary>What takes most of a silo's memory while it is under pressure.</summary>
public enum MemoryCause : byte
{
    /// <summary>No pressure.</summary>
    None,

    /// <summary>The managed heap holds more from the system than its live objects need.</summary>
    Garbage,

    /// <summary>Memory outside the managed heap that nothing here accounts for.</summary>
    Native,

    /// <summary>Live objects: grains above all.</summary>
    LiveGrains,

    /// <summary>Buffers of uploads.</summary>
    Buffers,

    /// <summary>Messages that wait for slow readers of sockets.</summary>
    SocketQueues,

    /// <summary>Media tools that this silo runs.</summary>
    Children,

    /// <summary>What stays after each collection grows, and no grain explains it.</summary>
    Leak,

    /// <summary>Memory of the kernel for this silo: connections above all.</summary>
    Kernel,
}
