using System.Collections.Concurrent;
using System.Globalization;
using System.Net;

namespace Ingestion.Bench.StatusLoad;

/// <summary>
/// What came back, and how long it took. Times are those of requests that succeeded: a refusal is fast, and would flatter. A 503 is a refusal that the silo
/// means, anything else that is no success is a failure.
/// </summary>
internal sealed class Answers
{
    private readonly ConcurrentBag<double> _milliseconds = [];
    private int _refused;
    private int _failed;

    public int Succeeded => _milliseconds.Count;

    public int Refused => _refused;

    public int Failed => _failed;

    public void Note(HttpStatusCode status, TimeSpan took)
    {
        if ((int)status is >= 200 and < 300)
            _milliseconds.Add(took.TotalMilliseconds);
        else if (status is HttpStatusCode.ServiceUnavailable)
            Interlocked.Increment(ref _refused);
        else
            Interlocked.Increment(ref _failed);
    }

    /// <summary>No answer came.</summary>
    public void Lost() => Interlocked.Increment(ref _failed);

    public override string ToString() => Percentiles.Of(_milliseconds);

    public string Counts() => string.Create(CultureInfo.InvariantCulture, $"{Succeeded} done, {Refused} refused, {Failed} failed");
}
