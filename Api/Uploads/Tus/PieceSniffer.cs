using Ingestion.Api.Problems;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Tus;

/// <summary>Recognises the container of what pieces will be together, by the first bytes of the first ones.</summary>
internal sealed class PieceSniffer(IObjectStore store, IContainerSniffer sniffer, IOptions<UploadOptions> options)
{
    private const string UnknownType = "application/octet-stream";

    /// <summary>The media type, and why it can't become a video. A piece that is not in the store decides nothing here.</summary>
    public async Task<(string Type, Problem? Refusal)> SniffAsync(IReadOnlyList<UploadPiece> pieces, CancellationToken cancellationToken)
    {
        var start = new byte[IContainerSniffer.WantedBytes];
        var length = 0;
        foreach (var piece in pieces.Where(piece => piece.Length > 0))
        {
            if (length == start.Length)
                break;
            var count = (int)Math.Min(piece.Length, start.Length - length);
            if (await store.OpenReadAsync(ObjectKey.Source(piece.Id), 0, count, cancellationToken) is not { } content)
                return (UnknownType, null);
            await using (content.Stream)
                length += await content.Stream.ReadAtLeastAsync(start.AsMemory(length, count), count, throwOnEndOfStream: false, cancellationToken);
        }

        var type = sniffer.Sniff(start.AsSpan(0, length));
        var isTaken = length > 0 && (type is not null || !options.Value.RequireKnownContainer);
        return (type ?? UnknownType, isTaken ? null : UploadProblems.Of(sniffer.WhyNot(start.AsSpan(0, length))));
    }
}
