namespace Ingestion.Backends.Buffers;

/// <summary>What one owner holds of the budget and waits for. Guarded by the budget's lock.</summary>
internal sealed class BufferShare(string owner)
{
    public string Owner { get; } = owner;

    /// <summary>Bytes that its parts may take, taken or not.</summary>
    public long HeldBytes { get; set; }

    /// <summary>Its parts that wait and end an upload: first in, first out.</summary>
    public LinkedList<BufferWaiter> Ending { get; } = [];

    /// <summary>Its other parts that wait.</summary>
    public LinkedList<BufferWaiter> Others { get; } = [];

    /// <summary>Which of its parts is served next; null when none waits.</summary>
    public BufferWaiter? First => (Ending.First ?? Others.First)?.Value;
}
