namespace Ingestion.Api.Status.Codecs;

/// <summary>One frame for many sockets: encoded once for each kind of socket, on first use.</summary>
internal sealed class SharedFrame(Func<FrameCodec, byte[]> encode)
{
    private readonly byte[]?[] _frames = new byte[FrameCodec.All.Count][];

    /// <summary>For a socket that speaks <paramref name="codec"/>. Two threads may both encode the first one; the bytes are the same.</summary>
    public byte[] For(FrameCodec codec) => _frames[codec.Index] ??= encode(codec);
}
