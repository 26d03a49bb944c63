using Ingestion.Uploads;

namespace Ingestion.Backends.Media;

/// <summary>Opens stored sources to the tools: an object that is a file as that file, any other through the proxy.</summary>
public sealed class MediaSources
{
    // What a damaged disk or a cut object would show, at both ends.
    private const int Sample = 64 * 1024;

    private readonly IObjectStore _store;
    private readonly SourceProxy _proxy;

    internal MediaSources(IObjectStore store, SourceProxy proxy) => (_store, _proxy) = (store, proxy);

    /// <summary>Looks at the first bytes, so that the tools get the format and never guess.</summary>
    /// <exception cref="SourceUnavailableException">The store does not have it, or not of this length.</exception>
    public async Task<MediaSource> OpenAsync(string videoId, long length, CancellationToken cancellationToken)
    {
        var key = ObjectKey.Source(videoId);
        var start = new byte[IContainerSniffer.WantedBytes];
        var (info, read) = await ReadAsync(key, 0, start, cancellationToken);
        if (info.Length != length)
            throw new SourceUnavailableException($"The store has {info.Length} bytes of the source of {videoId}, which has {length}.");
        var container = ContainerSniffer.Recognise(start.AsSpan(0, read));
        return _store.FileOf(key) is { } path
            ? new MediaSource(videoId, path, container)
            : new MediaSource(videoId, await _proxy.ShareAsync(key, info, cancellationToken), container);
    }

    /// <summary>Returns when the store can give the source, so that what a tool complained about is the source itself.</summary>
    /// <exception cref="SourceUnavailableException">It is not there, or shorter than it was.</exception>
    public async Task ConfirmAsync(MediaSource source, long length, CancellationToken cancellationToken)
    {
        var key = ObjectKey.Source(source.VideoId);
        var sample = new byte[(int)Math.Min(Sample, length)];
        foreach (var offset in (long[])[0, length - sample.Length])
        {
            var (info, read) = await ReadAsync(key, offset, sample, cancellationToken);
            if (info.Length != length || read != sample.Length)
                throw new SourceUnavailableException($"The store has {info.Length} bytes of the source of {source.VideoId}, which has {length}.");
        }

        if (source.Failure is { } failure)
            throw new SourceUnavailableException($"The source of {source.VideoId} could not be read to its end: {failure}");
    }

    private async Task<(ObjectInfo Info, int Read)> ReadAsync(ObjectKey key, long offset, Memory<byte> bytes, CancellationToken cancellationToken)
    {
        var content = await _store.OpenReadAsync(key, offset, bytes.Length, cancellationToken)
            ?? throw new SourceUnavailableException($"The store does not have the source of {key.VideoId}.");
        await using (content.Stream)
            return (content.Info, await content.Stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken));
    }
}

/// <summary>The store can't give a source that it should have: to be retried, never the file's fault.</summary>
public sealed class SourceUnavailableException(string message) : IOException(message);
