namespace Ingestion.Backends.Buffers;

/// <summary>What a part requests of the budget.</summary>
/// <param name="Owner">Whose upload it is of: who holds more than their share wait behind all others.</param>
/// <param name="Bytes">All that it will hold.</param>
/// <param name="Slow">Its client would take long to fill it: it gets memory only where no other part wants it, and never waits for it.</param>
/// <param name="Ending">It ends an upload that has had its turn before: it goes first, as its memory and its client's time come back soonest.</param>
/// <param name="Demote">Called when it fills slowly while others wait: it should move to disk and give its memory back. Must not block.</param>
internal readonly record struct BufferRequest(string Owner, long Bytes, bool Slow, bool Ending, Action Demote)
{
    /// <summary>A short upload, which waits for no long one.</summary>
    public bool IsSmall => Bytes <= BufferBudget.BlockSize;
}
