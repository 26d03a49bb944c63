namespace Ingestion.Tests.EndToEnd.Silo.Stops;

/// <summary>Bytes that come in pieces with a pause before each, as from a slow client. <paramref name="begun"/> completes behind the first ones.</summary>
internal sealed class SlowStream(byte[] content, int pieces, TimeSpan pause, TaskCompletionSource? begun = null) : MemoryStream(content, writable: false)
{
    // The head of a form, and what shows a video, come in the first ones.
    private const int First = 5;

    private readonly int _piece = (content.Length + pieces - 1) / pieces;

    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        foreach (var (i, piece) in ToArray().Chunk(_piece).Index())
        {
            await Task.Delay(pause, cancellationToken);
            await destination.WriteAsync(piece, cancellationToken);
            await destination.FlushAsync(cancellationToken);
            if (i == First)
                begun?.TrySetResult();
        }
    }
}
