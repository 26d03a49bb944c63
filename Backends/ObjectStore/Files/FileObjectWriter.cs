using Ingestion.Backends.Buffers;
using Ingestion.Backends.Disk;
using Ingestion.Uploads;

namespace Ingestion.Backends.ObjectStore.Files;

/// <summary>
/// Writes one upload straight to its place in the file, from aligned buffers that the socket's bytes are read into: one fills while the other
/// is written. A client that is slow, or comes when the budget is spent, makes do with a small one. What <see cref="TakePartAsync"/> and
/// <see cref="TakeRestAsync"/> report is on the disk.
/// </summary>
internal sealed class FileObjectWriter : IObjectWriter, IFencedWriter
{
    // A thousand slow clients must not hold a block each.
    private static readonly TimeSpan _longestFill = TimeSpan.FromSeconds(1);

    private readonly FileObjectStore _store;
    private readonly BufferBudget _budget;
    private readonly ClientPace _pace;

    // Held by each disk operation, so that a fence comes between two of them.
    private readonly SemaphoreSlim _disk = new(1);
    private UploadFile? _file;
    private FileBuffer? _open;
    private FileBuffer? _spare;
    private Task _writing = Task.CompletedTask;
    private long _openStart;
    private int _used;
    private long _written;
    private long _reported;
    private bool _fenced;
    private bool _disposed;

    public FileObjectWriter(FileObjectStore store, PartBufferSource buffers, WriterStart start)
    {
        (_store, _budget, Start, _reported, _written) = (store, buffers.Budget, start, start.PartsEnd, start.Offset);
        _pace = new ClientPace(buffers.Time);
        _openStart = UploadFile.BlockStart(start.Offset);
        _used = (int)(start.Offset - _openStart);
    }

    public WriterStart Start { get; }

    public string StoreUploadId => Start.Key.VideoId;

    private long End => _openStart + _used;

    /// <summary>Opens the file. Direct I/O writes whole blocks: the start of the first one is what already stands there.</summary>
    public async Task OpenAsync(string path, CancellationToken cancellationToken)
    {
        if (_used > 0)
            _open = FileBuffer.Small(_budget);
        await OnDiskAsync(
            writer =>
            {
                writer._file = new UploadFile(path);
                writer._file.ReadBack(writer._open?.Memory[..writer._used] ?? default, writer._openStart);
            },
            cancellationToken);
        _pace.Ready();
    }

    public Memory<byte> GetMemory() => (_open ??= FileBuffer.Small(_budget)).Memory[_used..];

    public async ValueTask AdvanceAsync(int count, CancellationToken cancellationToken)
    {
        _pace.Came(count);
        _used += count;
        if (_used == _open!.Size)
            await MakeRoomAsync(cancellationToken);
        _pace.Ready();
    }

    public async ValueTask<UploadPart?> TakePartAsync(bool final, CancellationToken cancellationToken)
    {
        // Only what stands in whole buffers counts until the end, so that every part but the last is full.
        var span = Start.Plan.PartOf(_reported);
        var length = Math.Min((final ? End : _openStart) - _reported, span.Size);
        if (length < span.Size && !(final && length > 0))
            return null;
        await StoreAsync(rest: final, cancellationToken);
        _pace.Pause();
        return Report(span, length);
    }

    public async ValueTask<StoredRest> TakeRestAsync(CancellationToken cancellationToken)
    {
        var parts = new List<UploadPart>();
        if (End == _reported)
            return new StoredRest(parts, null);
        await StoreAsync(rest: true, cancellationToken);
        while (Start.Plan.PartOf(_reported) is var span && End - _reported >= span.Size)
            parts.Add(Report(span, span.Size));
        return new StoredRest(parts, End == _reported ? null : new UploadTail(_reported, End - _reported, Name: ""));
    }

    /// <summary>Waits for the disk operation under way; none follows.</summary>
    public async Task FenceAsync()
    {
        await _disk.WaitAsync();
        _fenced = true;
        _disk.Release();
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _open?.Dispose();
        _spare?.Dispose();
        _store.Writers.Leave(this);
        // Closing may write the file's size: blocking like all else. The semaphore has no handle of its own as long as none is requested,
        // and a fence may still come: it is not disposed.
        if (_file is not null)
            await DurableDisk.RunAsync(_file, static file => { file.Dispose(); return true; }, CancellationToken.None);
    }

    private UploadPart Report(PartSpan span, long length)
    {
        _reported += length;
        return new UploadPart(span.Number, span.Offset, length, ETag: "");
    }

    /// <summary>The open buffer is full. Cancelled or failed, it still has its bytes.</summary>
    private async ValueTask MakeRoomAsync(CancellationToken cancellationToken)
    {
        var slow = _pace.IsSlowFor(BufferBudget.BlockSize, _longestFill);
        if (!slow && TryEnlarge())
            return;
        await _writing.WaitAsync(cancellationToken);
        if (!slow && !_open!.IsSmall && (_spare ??= FileBuffer.TryBlock(_budget, spare: true)) is { } next)
        {
            var full = _open;
            (_open, _spare) = (next, null);
            _writing = WriteAsideAsync(full, _openStart);
        }
        else
        {
            await WriteOpenAsync(cancellationToken);
        }

        _openStart += _used;
        _used = 0;
        if (slow)
            DropBlocks();
    }

    private bool TryEnlarge()
    {
        if (!_open!.IsSmall || FileBuffer.TryBlock(_budget) is not { } block)
            return false;
        _open.Memory.CopyTo(block.Memory);
        _open.Dispose();
        _open = block;
        return true;
    }

    private void DropBlocks()
    {
        if (_open is { IsSmall: false })
        {
            _open.Dispose();
            _open = null;
        }

        if (!_writing.IsCompleted)
            return;
        _spare?.Dispose();
        _spare = null;
    }

    private async Task WriteAsideAsync(FileBuffer buffer, long start)
    {
        try
        {
            await OnDiskAsync(writer => writer._file!.WriteBlocks(buffer.Memory, buffer.Size, start), CancellationToken.None);
        }
        finally
        {
            // Nothing reads them before this task has ended.
            _spare = buffer;
        }
    }

    private async ValueTask WriteOpenAsync(CancellationToken cancellationToken)
    {
        var (open, start, used) = (_open!, _openStart, _used);
        if (start + used == _written)
            return;
        if (open.IsSmall)
            await OnDiskAsync(writer => writer._file!.WriteCached(open.Memory[..used], start), cancellationToken);
        else
            await OnDiskAsync(writer => writer._file!.WriteBlocks(open.Memory, used, start), cancellationToken);
        _written = start + used;
    }

    /// <summary>Makes durable what stands in written buffers, or all there is.</summary>
    private async ValueTask StoreAsync(bool rest, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        if (rest && _used > 0)
            await WriteOpenAsync(cancellationToken);
        await OnDiskAsync(static writer => writer._file!.Flush(), cancellationToken);
    }

    /// <summary>Not cancellable once begun: the buffer must stay ours until the kernel is done with it.</summary>
    private async Task OnDiskAsync(Action<FileObjectWriter> work, CancellationToken cancellationToken)
    {
        await _disk.WaitAsync(cancellationToken);
        try
        {
            if (_fenced)
                throw new WriterFencedException();
            await DurableDisk.RunAsync((this, work), static on => { on.work(on.Item1); return true; }, cancellationToken);
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            throw new ObjectStoreFullException("The disk of the object store is full.", e);
        }
        finally
        {
            _disk.Release();
        }
    }
}
