using Ingestion.Api.Problems;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Sessions;

/// <summary>
/// The first bytes of a source, until they show what it is. They may come in many requests, so what does not suffice yet is kept with the
/// upload's manifest.
/// </summary>
internal sealed class SourceHead
{
    private readonly IContainerSniffer _sniffer;
    private readonly bool _mustBeKnown;
    private byte[]? _bytes;
    private int _count;

    public SourceHead(LeaseResult lease, IContainerSniffer sniffer, bool mustBeKnown)
    {
        (_sniffer, _mustBeKnown) = (sniffer, mustBeKnown);
        ContentType = lease.ContentType;
        // A partial upload is a piece: what the whole is shows when it is put together.
        if (ContentType is not null || lease.Kind is UploadKind.Partial)
            return;
        _bytes = new byte[IContainerSniffer.WantedBytes];
        lease.Head.CopyTo(_bytes);
        _count = lease.Head.Length;
    }

    /// <summary>The media type, once known.</summary>
    public string? ContentType { get; private set; }

    /// <summary>Whether more bytes are wanted.</summary>
    public bool IsOpen => _bytes is not null;

    /// <summary>What there is, as long as it does not suffice.</summary>
    public ReadOnlyMemory<byte> Undecided => _bytes.AsMemory(0, _bytes is null ? 0 : _count);

    /// <summary>Takes the next bytes. Null, or why this is no source.</summary>
    public Problem? Take(ReadOnlySpan<byte> bytes)
    {
        if (_bytes is null)
            return null;
        var taken = bytes[..Math.Min(bytes.Length, _bytes.Length - _count)];
        taken.CopyTo(_bytes.AsSpan(_count));
        _count += taken.Length;
        return Decide(whole: false);
    }

    /// <summary>Decides if it can; with <paramref name="whole"/> it must, as no more will come.</summary>
    public Problem? Decide(bool whole)
    {
        if (_bytes is null || !(whole || _count == _bytes.Length))
            return null;
        ContentType = _sniffer.Sniff(_bytes.AsSpan(0, _count));
        // An empty upload is complete too: processing judges it.
        if (ContentType is null && _mustBeKnown && _count > 0)
            return UploadProblems.Of(_sniffer.WhyNot(_bytes.AsSpan(0, _count)));
        ContentType ??= "application/octet-stream";
        _bytes = null;
        return null;
    }
}
