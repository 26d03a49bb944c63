using Amazon.Runtime;
using Ingestion.Videos;
using Microsoft.Extensions.Logging;

namespace Ingestion.Backends.JobQueue.Watch;

/// <summary>What of the queue was tried. Each fails and recovers for itself: a silo may be allowed to take jobs and not to send them.</summary>
[Flags]
internal enum QueueUse
{
    None = 0,

    /// <summary>The regular question whether it is there.</summary>
    Probe = 1,

    /// <summary>Sending jobs.</summary>
    Send = 2,

    /// <summary>Taking jobs and finishing them.</summary>
    Take = 4,
}

/// <summary>
/// Knows whether the queue can be used, from what became of each request to it. Logs a change of that, and one line a minute while it can't; callers
/// that fail meanwhile log nothing.
/// </summary>
internal sealed partial class QueueOutage(JobQueueMetrics metrics, TimeProvider time, ILogger<QueueOutage> logger) : IQueueHealth
{
    private static readonly TimeSpan _betweenLines = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _firstRefusal = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestRefusal = TimeSpan.FromSeconds(15);

    // A send that failed and was not retried no longer counts once the queue has answered for so long.
    private static readonly TimeSpan _untilForgotten = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private QueueUse _failing;
    private DateTimeOffset _since;
    private DateTimeOffset _lastFailure;
    private DateTimeOffset _sendAgain;
    private DateTimeOffset _nextLine;
    private DateTimeOffset? _lastAnswer;
    private int _sendFailures;
    private bool _logged;
    private string _word = "";
    private string? _deadLetters;

    /// <summary>Refuses to send just after a failure: no caller waits for a time-out that others have waited for.</summary>
    /// <exception cref="JobQueueUnavailableException">It is too early to retry.</exception>
    public void BeforeSend()
    {
        lock (_gate)
        {
            if ((_failing & (QueueUse.Send | QueueUse.Probe)) != 0 && time.GetUtcNow() < _sendAgain)
                throw Unavailable(inner: null);
        }
    }

    public void Worked(QueueUse use)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            _lastAnswer = now;
            if (_failing == QueueUse.None)
                return;
            _failing &= ~use;
            // It answers: the next one to send need not wait.
            _sendAgain = default;
            if (use == QueueUse.Probe && now - _lastFailure >= _untilForgotten)
                _failing = QueueUse.None;
            if (_failing != QueueUse.None)
                return;
            _sendFailures = 0;
            metrics.OutageEnded();
            if (_logged)
                LogUsable(now - _since);
            _logged = false;
        }
    }

    /// <summary>Notes the failure.</summary>
    /// <returns>What the caller throws in its place.</returns>
    public JobQueueUnavailableException Failed(QueueUse use, Exception e)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_failing == QueueUse.None)
            {
                _since = now;
                metrics.OutageBegan();
            }

            (_failing, _lastFailure, _lastAnswer, _word) = (_failing | use, now, now, Word(e));
            // Sends that were under way together count once.
            if (use != QueueUse.Take && now >= _sendAgain)
                _sendAgain = now + Backoff.After(++_sendFailures, _firstRefusal, _longestRefusal);
            if (now >= _nextLine)
            {
                (_nextLine, _logged) = (now + _betweenLines, true);
                LogUnusable(now - _since, e.GetBaseException().Message);
            }

            return Unavailable(e);
        }
    }

    /// <summary>Notes what became of the question for the dead-letter queue; null when it is there.</summary>
    public void DeadLetters(Exception? e)
    {
        lock (_gate)
        {
            var word = e is null ? null : Word(e);
            if (word is not null && _deadLetters is null)
                LogNoDeadLetters(e!.GetBaseException().Message);
            else if (word is null && _deadLetters is not null)
                LogDeadLettersAgain();
            _deadLetters = word;
        }
    }

    public QueueHealth Read()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var age = now - _lastAnswer;
            if (_failing != QueueUse.None)
                return new QueueHealth(Works: false,
                    $"can't be used for {(now - _since).TotalSeconds:0} s ({_word}): uploads are accepted, their videos wait", age);
            if (_deadLetters is not null)
                return new QueueHealth(Works: false, $"the dead-letter queue can't be used ({_deadLetters})", age);
            return new QueueHealth(Works: true, _lastAnswer is null ? "not checked yet" : "answers", age);
        }
    }

    private static JobQueueUnavailableException Unavailable(Exception? inner) => new("The job queue can't be used at the moment.", inner);

    /// <summary>The store's own code where there is one. Messages can name hosts and accounts, and health answers everyone.</summary>
    private static string Word(Exception e) => e is AmazonServiceException { ErrorCode.Length: > 0 } refused ? refused.ErrorCode : "no answer";

    [LoggerMessage(EventName = "JobQueueUnusable", Level = LogLevel.Error,
        Message = "The job queue can't be used, since {Duration}: {Reason}. Uploads are accepted; their jobs wait with the videos and are sent when it can")]
    private partial void LogUnusable(TimeSpan duration, string reason);

    [LoggerMessage(EventName = "JobQueueUsable", Level = LogLevel.Information, Message = "The job queue can be used again, after {Duration}")]
    private partial void LogUsable(TimeSpan duration);

    [LoggerMessage(EventName = "DeadLetterQueueUnusable", Level = LogLevel.Error,
        Message = "The dead-letter queue can't be used: {Reason}. Jobs that can't be done stay in the job queue")]
    private partial void LogNoDeadLetters(string reason);

    [LoggerMessage(EventName = "DeadLetterQueueUsable", Level = LogLevel.Information, Message = "The dead-letter queue can be used again")]
    private partial void LogDeadLettersAgain();
}
