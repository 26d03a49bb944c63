using System.Globalization;

namespace Ingestion.Tests.Cluster.Load;

/// <summary>
/// Sends a request again as the documents tell a client to: after a lost connection, no answer in time, a proxy without a silo, 503, and what says
/// "not now" with <c>Retry-After</c>.
/// </summary>
internal sealed class PatientClient(ApiClient api, Ledger ledger)
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(2);

    // No outage of a history lasts longer than half of it.
    private static readonly TimeSpan _patience = 2 * Eventually.Deadline;

    public ApiClient Api => api;

    /// <summary>An answer that is an outcome. One that never comes is a violation, and null.</summary>
    public async Task<Answer?> SendAsync(string what, Func<Task<Answer>> request)
    {
        var began = TimeProvider.System.GetTimestamp();
        Answer? last = null;
        while (TimeProvider.System.GetElapsedTime(began) < _patience)
        {
            last = await TryAsync(what, request);
            if (last is not null && !IsNotNow(last))
                return last;
            await Task.Delay(PauseOf(last));
        }

        ledger.Violations.Enqueue($"{what}: no outcome in {_patience}; the last answer was {last?.Status} {last?.Text}");
        return null;
    }

    /// <summary>The answer to one request; null when none came.</summary>
    public async Task<Answer?> TryAsync(string what, Func<Task<Answer>> request)
    {
        try
        {
            var answer = await request();
            ledger.Count(answer.Status < 400 ? $"{what} {answer.Status}" : $"{what} {answer.Status} {CodeOf(answer)}");
            return answer;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            ledger.Count($"{what} {(e is OperationCanceledException ? "not in time" : $"broken ({e.GetBaseException().Message})")}");
            return null;
        }
    }

    /// <summary>It has this status; any other is a violation.</summary>
    public bool Judge(Answer? answer, int status, string what)
    {
        if (answer is not null && answer.Status != status)
            ledger.Violations.Enqueue($"{what}: {answer.Status} {answer.Text}");
        return answer?.Status == status;
    }

    /// <summary>The request may be sent again, as it is.</summary>
    public static bool IsNotNow(Answer answer) =>
        answer.Status is 502 or 503 or 504 or 429 || (answer.Status is 409 && answer.Headers.Contains("Retry-After"));

    /// <summary>Of a problem; a proxy has none, and what has no body shows none.</summary>
    private static string CodeOf(Answer answer) =>
        answer is { Body.Length: > 0 } && answer.Header("Content-Type") == "application/problem+json" && answer.Json.TryGetProperty("code", out var code)
            ? $"{code}" : "without a code";

    private static TimeSpan PauseOf(Answer? answer) =>
        int.TryParse(answer?.Header("Retry-After"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, _longestPause.TotalSeconds))
            : _pause;
}
