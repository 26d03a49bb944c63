namespace Ingestion.Grains.Storage;

/// <summary>The newest 256 ids of those that were added.</summary>
internal sealed class RecentIds
{
    /// <summary>How many.</summary>
    public const int Most = 256;

    private readonly HashSet<string> _ids = [];
    private readonly Queue<string> _order = new();

    public void Add(IEnumerable<string> ids)
    {
        foreach (var id in ids.Where(_ids.Add))
        {
            _order.Enqueue(id);
            if (_order.Count > Most)
                _ids.Remove(_order.Dequeue());
        }
    }

    public bool Contains(string id) => _ids.Contains(id);
}
