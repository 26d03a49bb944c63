using Ingestion.Silos;

namespace Ingestion.Grains.Silos;

/// <summary>The last actions of the governor. Written by its thread, read by calls.</summary>
internal sealed class ActionLog
{
    private const int Most = 10;

    private readonly Lock _gate = new();
    private readonly LinkedList<(long Number, MemoryActionTaken Action)> _newestFirst = [];
    private long _number;

    /// <summary>The newest first.</summary>
    public IReadOnlyList<MemoryActionTaken> Read()
    {
        lock (_gate)
            return [.. _newestFirst.Select(entry => entry.Action)];
    }

    /// <summary>Adds an action; its number.</summary>
    public long Add(MemoryActionTaken action)
    {
        lock (_gate)
        {
            _newestFirst.AddFirst((++_number, action));
            if (_newestFirst.Count > Most)
                _newestFirst.RemoveLast();
            return _number;
        }
    }

    /// <summary>What an action has freed is known; null when it is none of the last ones any more.</summary>
    public MemoryActionTaken? Judge(long number, long freedBytes)
    {
        lock (_gate)
        {
            for (var node = _newestFirst.First; node is not null; node = node.Next)
            {
                if (node.Value.Number != number)
                    continue;
                node.Value = (number, node.Value.Action with { FreedBytes = freedBytes });
                return node.Value.Action;
            }

            return null;
        }
    }
}
