namespace Ingestion.Grains.Storage;

internal sealed partial class SegmentedLog<T>
{
    // A crash between two writes leaves a segment at most that no head names: before the first one, or behind the last.
    private const int Unreachable = 4;

    /// <summary>By the writer. The head goes last: after a crash in between it still lists which segments to look for.</summary>
    private async Task EraseAllAsync()
    {
        var head = Loaded.Head;
        // Whatever happens from here on, what is in memory is not what is stored.
        (_head, _tail) = (null, null);
        for (var segment = Math.Max(0, head.State.First - Unreachable); segment <= head.State.Last + 1; segment++)
        {
            if (await ReadSegmentAsync(segment) is { RecordExists: true } stored)
                await storage.ClearStateAsync(SegmentName(segment), owner, stored);
        }

        if (head.RecordExists)
            await storage.ClearStateAsync(_headName, owner, head);
        await LoadAsync();
    }
}
