using Ingestion.Silos;

namespace Ingestion.Backends.Media.Tools;

/// <summary>What all runs of this silo take together, as each one's watch sees it.</summary>
internal sealed class ToolMemory : IToolMemory
{
    private long _resident;
    private int _running;

    public int Running => Volatile.Read(ref _running);

    public long ResidentBytes => Interlocked.Read(ref _resident);

    /// <summary>A run begins; it ends when its share is disposed of.</summary>
    public ToolMemoryShare Open()
    {
        Interlocked.Increment(ref _running);
        return new ToolMemoryShare(this);
    }

    internal void Add(long bytes) => Interlocked.Add(ref _resident, bytes);

    internal void Close(long bytes)
    {
        Add(-bytes);
        Interlocked.Decrement(ref _running);
    }
}

/// <summary>One run's part of <see cref="ToolMemory"/>, used by its watch alone.</summary>
internal sealed class ToolMemoryShare(ToolMemory all) : IDisposable
{
    private long _bytes;

    /// <summary>What the run takes now.</summary>
    public void Report(long bytes)
    {
        all.Add(bytes - _bytes);
        _bytes = bytes;
    }

    public void Dispose() => all.Close(_bytes);
}
