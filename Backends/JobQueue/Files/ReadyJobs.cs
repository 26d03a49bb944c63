namespace Ingestion.Backends.JobQueue.Files;

/// <summary>
/// Jobs that may be delivered now, a line for each owner, the owners in turn: the next owner waits for one job of each other owner that was there
/// before. Jobs that name no owner are one owner's. Not for several threads.
/// </summary>
/// <typeparam name="T">A job; lines keep the order in which its <c>key</c> sorts.</typeparam>
internal sealed class ReadyJobs<T>(IComparer<T> order)
{
    private readonly Dictionary<string, SortedSet<T>> _lines = new(StringComparer.Ordinal);

    // Owners with a line. One whose line is gone leaves when its turn comes.
    private readonly Queue<(string Owner, SortedSet<T> Line)> _turns = new();

    public int Count { get; private set; }

    public void Add(string? owner, T job)
    {
        owner ??= "";
        if (!_lines.TryGetValue(owner, out var line))
        {
            _lines[owner] = line = new SortedSet<T>(order);
            _turns.Enqueue((owner, line));
        }

        if (line.Add(job))
            Count++;
    }

    public void Remove(string? owner, T job)
    {
        owner ??= "";
        if (!_lines.TryGetValue(owner, out var line) || !line.Remove(job))
            return;
        Count--;
        if (line.Count == 0)
            _lines.Remove(owner);
    }

    /// <summary>The first job of the owner whose turn it is, which is last in turn from now on.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public T Next()
    {
        while (true)
        {
            var (owner, line) = _turns.Dequeue();
            if (line.Count == 0)
                continue;
            var job = line.Min!;
            Remove(owner, job);
            if (line.Count > 0)
                _turns.Enqueue((owner, line));
            return job;
        }
    }
}
