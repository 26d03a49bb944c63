using Ingestion.Backends.Buffers;
using Ingestion.Backends.ObjectStore.Files;
using Ingestion.Uploads;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>
/// Writes one upload as a multipart upload: a part fills while those before it are on their way. The multipart upload begins with the first
/// full part; a source that ends before is stored by one request.
/// </summary>
internal sealed class S3ObjectWriter : IObjectWriter, IFencedWriter
{
    private readonly S3ObjectStore _store;
    private readonly PartBufferSource _source;
    private readonly ClientPace _pace;
    private readonly CancellationTokenSource _life = new();

    // The writer's own requests, for a fence that comes from another one. Guarded by itself.
    private readonly List<Task> _requests = [];
    private readonly Queue<Task<UploadPart>> _sending = [];
    private PartBuffer _filling;
    private PartSpan _span;
    private Task<string>? _upload;
    private bool _tailReplaced;
    private bool _ended;
    private bool _disposed;

    public S3ObjectWriter(S3ObjectStore store, PartBufferSource source, WriterStart start)
    {
        (_store, _source, Start, StoreUploadId) = (store, source, start, start.StoreUploadId);
        _pace = new ClientPace(source.Time);
        _span = start.Plan.PartOf(start.PartsEnd);
        _filling = CreateBuffer();
    }

    public WriterStart Start { get; }

    public string StoreUploadId { get; private set; }

    /// <summary>Reads back what an earlier writer left behind the parts: it becomes the beginning of the next one.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (Start.Tail is { } tail)
            await ReadBackAsync(tail, cancellationToken);
        _pace.Ready();
    }

    public Memory<byte> GetMemory() => _filling.GetMemory();

    public async ValueTask AdvanceAsync(int count, CancellationToken cancellationToken)
    {
        _pace.Came(count);
        ThrowIfFenced();
        await _filling.AdvanceAsync(count, cancellationToken);
        if (_filling.IsFull)
            await BeginNextPartAsync(cancellationToken);
        _pace.Ready();
    }

    public async ValueTask<UploadPart?> TakePartAsync(bool final, CancellationToken cancellationToken)
    {
        ThrowIfFenced();
        if (final)
            EndSource();
        if (!_sending.TryPeek(out var oldest) || !(final || oldest.IsCompleted))
            return null;
        var part = await SentAsync(oldest, cancellationToken);
        _ = _sending.Dequeue();
        // What the caller does with it is not the client's time.
        _pace.Pause();
        return part;
    }

    public async ValueTask<StoredRest> TakeRestAsync(CancellationToken cancellationToken)
    {
        ThrowIfFenced();
        _ended = true;
        var parts = new List<UploadPart>();
        try
        {
            for (; _sending.TryPeek(out var oldest); _ = _sending.Dequeue())
                parts.Add(await SentAsync(oldest, cancellationToken));
            return new StoredRest(parts, await StoreTailAsync(cancellationToken));
        }
        catch (IOException e) when (parts.Count > 0 && e is not WriterFencedException)
        {
            // The store fails: what it has is kept at least.
            return new StoredRest(parts, null);
        }
    }

    public async Task FenceAsync()
    {
        // In this order: a request that begins later finds itself cancelled. What the store has whole already is waited for.
        await _life.CancelAsync();
        Task[] requests;
        lock (_requests)
            requests = [.. _requests];
        await Task.WhenAll(requests).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await FenceAsync();
        await _filling.DisposeAsync();
        _store.Writers.Leave(this);
        // A fence may still come, so the token source is not disposed: it holds nothing.
    }

    private async Task ReadBackAsync(UploadTail tail, CancellationToken cancellationToken)
    {
        await using var stored = await _store.OpenTailAsync(Start.Key, tail, cancellationToken);
        while (await stored.ReadAsync(_filling.GetMemory(), cancellationToken) is > 0 and var count)
            await _filling.AdvanceAsync(count, cancellationToken);
        if (_filling.Length < tail.Length)
            throw new InvalidDataException($"The tail {tail.Name} of {Start.Key.VideoId} is shorter than in the manifest.");
    }

    private async Task<UploadTail?> StoreTailAsync(CancellationToken cancellationToken)
    {
        if (_filling.Length == 0)
            return null;
        if (!_tailReplaced && _filling.Length == Start.Tail?.Length)
            return Start.Tail;
        var tail = new UploadTail(_span.Offset, _filling.Length, TailName.Make(Start.Epoch));
        await _filling.SealAsync();
        await SentAsync(Track(() => _store.Transfer.PutObjectAsync(_store.KeyOf(Start.Key.VideoId, tail.Name), S3Body.Of(_filling), _life.Token)),
            cancellationToken);
        return tail;
    }

    /// <summary>Waits for a request of ours. A caller that leaves does not end it.</summary>
    private async Task<T> SentAsync<T>(Task<T> request, CancellationToken cancellationToken)
    {
        try
        {
            return await request.WaitAsync(cancellationToken);
        }
        catch (Exception) when (_life.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new WriterFencedException();
        }
    }

    private PartBuffer CreateBuffer()
    {
        var expected = Start.Expected is { } all && all > _span.Offset ? Math.Min(all - _span.Offset, _span.Size) : _span.Size;
        var ending = _span.Offset > Start.PartsEnd && Start.Expected <= _span.Offset + _span.Size;
        return new PartBuffer(_source, _pace, new PartBufferPlan(Start.Owner, Start.Key.VideoId, Start.Epoch, _span.Size, expected, ending));
    }

    /// <summary>The full part is sent at once; the next one may begin when not too many are under way.</summary>
    private async ValueTask BeginNextPartAsync(CancellationToken cancellationToken)
    {
        SendFilling();
        _pace.Age();
        var under = _sending.Where(task => !task.IsCompleted).ToList();
        if (under.Count >= _source.Budget.PartsInFlight)
            await SentAsync(under[0], cancellationToken);
        if (_sending.TryPeek(out var oldest) && oldest.IsFaulted)
            await SentAsync(oldest, cancellationToken);
        await _filling.PrepareAsync(cancellationToken);
    }

    /// <summary>The short rest is a part too, or the whole object when it is all there is.</summary>
    private void EndSource()
    {
        if (_ended)
            return;
        _ended = true;
        if (_filling.Length > 0)
            SendFilling();
    }

    private void SendFilling()
    {
        var isWhole = _ended && _span.Offset == 0 && _upload is null && StoreUploadId.Length == 0;
        var upload = isWhole ? null : _upload ??= BeginUploadAsync();
        var (part, span) = (_filling, _span);
        _sending.Enqueue(Track(() => SendAsync(part, span, upload)));
        _tailReplaced = true;
        _span = Start.Plan.PartOf(_span.Offset + _span.Size);
        _filling = CreateBuffer();
    }

    private async Task<UploadPart> SendAsync(PartBuffer part, PartSpan span, Task<string>? upload)
    {
        await using (part)
        {
            await part.SealAsync();
            var (key, body) = (_store.KeyOf(Start.Key), S3Body.Of(part));
            var tag = upload is null
                ? await _store.Transfer.PutObjectAsync(key, body, _life.Token)
                : await _store.Transfer.PutPartAsync(key, await upload, span.Number, body, _life.Token);
            return new UploadPart(span.Number, span.Offset, part.Length, tag);
        }
    }

    private async Task<string> BeginUploadAsync() =>
        StoreUploadId.Length > 0 ? StoreUploadId : StoreUploadId = await _store.Control.CreateUploadAsync(_store.KeyOf(Start.Key), ours: true, _life.Token);

    /// <summary>
    /// Begins a request and remembers it until it is over. A fence must not look between the two: the store may have all of a small one at once.
    /// </summary>
    private Task<T> Track<T>(Func<Task<T>> begin)
    {
        lock (_requests)
        {
            var request = begin();
            _requests.RemoveAll(task => task.IsCompleted);
            _requests.Add(request);
            return request;
        }
    }

    private void ThrowIfFenced()
    {
        if (_life.IsCancellationRequested)
            throw new WriterFencedException();
    }
}
