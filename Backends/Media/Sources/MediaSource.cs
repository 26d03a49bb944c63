namespace Ingestion.Backends.Media;

/// <summary>A stored source, open to one job's tools until it is disposed.</summary>
public sealed class MediaSource : IAsyncDisposable
{
    private readonly ProxiedSource? _proxied;

    /// <summary>A file of this machine.</summary>
    public MediaSource(string videoId, string path, ContainerFormat? container) =>
        (VideoId, Address, Container, IsFile) = (videoId, "file:" + path, container, true);

    internal MediaSource(string videoId, ProxiedSource proxied, ContainerFormat? container) =>
        (VideoId, Address, Container, _proxied) = (videoId, proxied.Address, container, proxied);

    /// <summary>The video it is the source of.</summary>
    public string VideoId { get; }

    /// <summary>What a tool opens: a file, or a one-time address on the loopback.</summary>
    public string Address { get; }

    /// <summary>Whether a tool needs no network to read it.</summary>
    public bool IsFile { get; }

    /// <summary>What stands before its tools so that they reach nothing but the source; empty for a file, and where the system does not allow it.</summary>
    internal IReadOnlyList<string> Enter => _proxied?.Enter ?? [];

    /// <summary>What it is by its first bytes; null when that is not known here.</summary>
    public ContainerFormat? Container { get; }

    /// <summary>Bytes that have gone from the store to tools; 0 for a file.</summary>
    public long BytesRead => _proxied?.BytesRead ?? 0;

    /// <summary>Why the store could not give the tool what it wanted; null while it could.</summary>
    public string? Failure => _proxied?.Failure;

    /// <summary>Before each run: what failed in an earlier one is no failure of this one.</summary>
    internal void ForgetFailure() => _proxied?.ForgetFailure();

    public ValueTask DisposeAsync() => _proxied?.DisposeAsync() ?? ValueTask.CompletedTask;
}
