using Ingestion.Uploads;

namespace Ingestion.Backends.ObjectStore.Files;

/// <summary>
/// Who writes which part of a direct upload: one at a time, and a new request ends the one before it, which may hang on a dead connection.
/// While an upload is being completed, none is written.
/// </summary>
internal sealed class DirectPartTurns
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string VideoId, int Number), Turn> _turns = [];
    private readonly List<string> _ending = [];

    /// <summary>Writes one part once the older writer of it has stopped.</summary>
    /// <exception cref="WriterFencedException">Another one took over, or the upload ends.</exception>
    public async Task<T> WriteAsync<T>(string videoId, int number, Func<CancellationToken, Task<T>> write, CancellationToken cancellationToken)
    {
        using var turn = new Turn(cancellationToken);
        try
        {
            if (Enter(videoId, number, turn) is { } older)
                await older.StopAsync();
            return await write(turn.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WriterFencedException();
        }
        finally
        {
            lock (_gate)
            {
                if (_turns.GetValueOrDefault((videoId, number)) == turn)
                    _turns.Remove((videoId, number));
            }

            turn.End();
        }
    }

    /// <summary>Stops all writers of an upload, and keeps others out until <paramref name="end"/> is done.</summary>
    public async Task<T> EndAsync<T>(string videoId, Func<Task<T>> end)
    {
        Turn[] writing;
        lock (_gate)
        {
            _ending.Add(videoId);
            writing = [.. _turns.Where(turn => turn.Key.VideoId == videoId).Select(turn => turn.Value)];
        }

        try
        {
            foreach (var turn in writing)
                await turn.StopAsync();
            return await end();
        }
        finally
        {
            lock (_gate)
                _ending.Remove(videoId);
        }
    }

    private Turn? Enter(string videoId, int number, Turn turn)
    {
        lock (_gate)
        {
            if (_ending.Contains(videoId))
                throw new WriterFencedException();
            var older = _turns.GetValueOrDefault((videoId, number));
            _turns[(videoId, number)] = turn;
            return older;
        }
    }

    private sealed class Turn(CancellationToken caller) : IDisposable
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(caller);

        public CancellationToken Token => _stop.Token;

        public void End() => _ended.SetResult();

        public async Task StopAsync()
        {
            try
            {
                await _stop.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // It has ended by itself.
            }

            await _ended.Task;
        }

        public void Dispose() => _stop.Dispose();
    }
}
