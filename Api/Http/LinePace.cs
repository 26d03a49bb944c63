using System.Collections.Concurrent;

namespace Ingestion.Api.Http;

/// <summary>
/// At most one log line of each kind in a while, with the number of times since the last one: callers repeat requests as they like, and must not be
/// able to multiply lines. Kinds come from a closed list.
/// </summary>
internal sealed class LinePace(TimeSpan quiet, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Line> _lines = new(StringComparer.Ordinal);

    /// <summary>It happened once more; how many times a line is to name, or null while the last one is too fresh.</summary>
    public long? Count(string kind) => _lines.GetOrAdd(kind, static _ => new Line()).Count(quiet, time);

    private sealed class Line
    {
        private readonly Lock _gate = new();
        private long _count;
        private long? _loggedAt;

        public long? Count(TimeSpan quiet, TimeProvider time)
        {
            lock (_gate)
            {
                _count++;
                if (_loggedAt is { } at && time.GetElapsedTime(at) < quiet)
                    return null;
                var count = _count;
                (_count, _loggedAt) = (0, time.GetTimestamp());
                return count;
            }
        }
    }
}
