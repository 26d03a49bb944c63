namespace Ingestion.Uploads;

/// <summary>Recognises video containers by their first bytes, so that other files are refused before they are stored and not after 10 GB.</summary>
public interface IContainerSniffer
{
    /// <summary>Bytes that decide every known container; fewer may suffice.</summary>
    const int WantedBytes = 4096;

    /// <summary>The media type of the container; null when the bytes are not the start of a known one.</summary>
    string? Sniff(ReadOnlySpan<byte> start);

    /// <summary>Why a start is refused for which <see cref="Sniff"/> has no type.</summary>
    SourceRefusal WhyNot(ReadOnlySpan<byte> start);
}
