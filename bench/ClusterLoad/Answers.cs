using System.Collections.Concurrent;
using System.Net;

namespace Ingestion.Bench.ClusterLoad;

/// <summary>What came back, and how often.</summary>
internal sealed class Answers
{
    private readonly ConcurrentDictionary<string, int> _counts = new();

    public void Count(string answer) => _counts.AddOrUpdate(answer, 1, static (_, count) => count + 1);

    public void Count(HttpStatusCode status) => Count($"{(int)status}");

    /// <summary>A request without an answer, or with one that was not wanted.</summary>
    public void Count(Exception e) => Count(e switch
    {
        HttpRequestException { StatusCode: { } status } => $"{(int)status}",
        OperationCanceledException => "no answer in 60 s",
        _ => "connection lost",
    });

    public int Of(string answer) => _counts.GetValueOrDefault(answer);

    public override string ToString() =>
        _counts.IsEmpty ? "none" : string.Join(", ", _counts.OrderBy(answer => answer.Key, StringComparer.Ordinal).Select(answer => $"{answer.Key} × {answer.Value}"));
}
