namespace Ingestion.Backends.Media;

/// <summary>A stored source, open to one job's tools until it is disposed.</summary>
public sealed class MediaSource : IAsyncDisposable
{
    private readonly ProxiedSource? _proxied;
    private readonly long _size;
    private long _readBefore;
    private Action<double>? _report;

    /// <summary>A file of this machine.</summary>
    public MediaSource(string videoId, string path, ContainerFormat? container) =>
        (VideoId, Address, Container, IsFile, _size) =
            (videoId, "file:" + path, container, true, new FileInfo(path) is { Exists: true } file ? file.Length : 0);

    internal MediaSource(string videoId, ProxiedSource proxied, ContainerFormat? container) =>
        (VideoId, Address, Container, _proxied, _size) = (videoId, proxied.Address, container, proxied, proxied.Info.Length);

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

    /// <summary>From now on the part of the source that a run has read, from 0 to 1, goes there.</summary>
    public void ReportTo(Action<double> report) => _report = report;

    /// <summary>Before a new question: what failed in an earlier one is no failure of this one.</summary>
    internal void ForgetFailure() => _proxied?.ForgetFailure();

    /// <summary>Before each run: what an earlier one read is nothing of this one.</summary>
    internal void BeginRun() => _readBefore = BytesRead;

    /// <summary>Now and then within a run. <paramref name="byTool"/>: bytes that the tool has read of whatever there is, which mostly is the source.</summary>
    internal void ReportRead(long byTool)
    {
        if (_size > 0)
            _report?.Invoke((double)(IsFile ? byTool : BytesRead - _readBefore) / _size);
    }

    public ValueTask DisposeAsync() => _proxied?.DisposeAsync() ?? ValueTask.CompletedTask;
}
