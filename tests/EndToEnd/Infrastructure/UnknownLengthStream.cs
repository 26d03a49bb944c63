namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>Bytes whose number is not known before they end, so that HTTP sends them in chunks.</summary>
internal sealed class UnknownLengthStream(byte[] content) : MemoryStream(content, writable: false)
{
    public override bool CanSeek => false;
}
