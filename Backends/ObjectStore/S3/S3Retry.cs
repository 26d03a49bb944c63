using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Ingestion.Telemetry;
using Microsoft.Extensions.Logging;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>
/// Tries a request again while the store fails in a way that passes: exponential pauses with jitter, bounded in total. Each try has its own
/// timeout, so that a store that hangs costs time and nothing else. What all requests find is noted in one place: of a store that is known to be dead
/// none waits.
/// </summary>
internal sealed partial class S3Retry(S3ObjectStoreOptions options, S3Outage outage, TimeProvider time, S3Metrics? metrics, ILogger logger)
{
    private const double BytesPerSecond = 512 * 1024;

    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(10);

    private readonly TimeSpan _total = Shorter(TimeSpan.FromSeconds(options.RetrySeconds), options.Patience);

    // A second try has to fit, or one request that the store forgets would fail an upload.
    private readonly TimeSpan _longestTry = options.Patience * 0.4;

    /// <summary>Tries <paramref name="attempt"/> until it succeeds, fails for good or the time is up.</summary>
    public Task<T> RunAsync<T>(string operation, Func<CancellationToken, Task<T>> attempt, CancellationToken cancellationToken) =>
        RunAsync(operation, 0, null, once => attempt(once.Token), cancellationToken);

    /// <summary>The same for what may have the store work for so long that a second try would meet the first.</summary>
    public Task<T> RunWholeAsync<T>(string operation, Func<CancellationToken, Task<T>> attempt, CancellationToken cancellationToken) =>
        RunAsync(operation, Shorter(TimeSpan.FromSeconds(options.AttemptSeconds), options.Patience), default, once => attempt(once.Token), cancellationToken);

    /// <summary>The same for what the store may work on for long before it answers, and no client waits for.</summary>
    public Task<T> RunLongAsync<T>(string operation, Func<CancellationToken, Task<T>> attempt, CancellationToken cancellationToken) =>
        RunAsync(operation, TimeSpan.FromSeconds(options.AttemptSeconds), default, once => attempt(once.Token), cancellationToken);

    /// <summary>
    /// The same for a request with a body of <paramref name="size"/> bytes. Its time begins once it has a place in <paramref name="window"/>,
    /// and anew whenever the attempt reports that bytes were sent.
    /// </summary>
    public Task<T> RunAsync<T>(string operation, long size, S3Window? window, Func<S3Attempt, Task<T>> attempt,
        CancellationToken cancellationToken) =>
        RunAsync(operation, Shorter(TimeSpan.FromSeconds(options.AttemptSeconds + (size / BytesPerSecond)), _longestTry), new Place(window, size), attempt,
            cancellationToken);

    private async Task<T> RunAsync<T>(string operation, TimeSpan limit, Place place, Func<S3Attempt, Task<T>> attempt,
        CancellationToken cancellationToken)
    {
        using var span = S3Spans.Request(operation, options.Bucket);
        try
        {
            return await RunAsync(operation, limit, place, attempt, span, cancellationToken);
        }
        catch (Exception e)
        {
            span.Fail(e is S3StoreException { Status: { } status } ? $"{(int)status}" : e.GetType().Name);
            throw;
        }
    }

    private async Task<T> RunAsync<T>(string operation, TimeSpan limit, Place place, Func<S3Attempt, Task<T>> attempt, Activity? span,
        CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        // The store is not to blame for the wait for a place.
        var waited = TimeSpan.Zero;
        for (var tries = 1; ; tries++)
        {
            Exception error;
            DateTimeOffset? began = null;
            try
            {
                var result = await InWindowAsync(place, operation, ConnectAsync, cancellationToken);
                outage.Worked();
                metrics?.Succeeded(operation, time.GetElapsedTime(started));
                return result;
            }
            catch (Exception e) when (began is not null && !cancellationToken.IsCancellationRequested && S3Failure.IsPassing(e))
            {
                error = e;
                outage.Failed(e, began.Value);
            }
            catch (Exception e) when (began is not null && e is not OperationCanceledException and not InvalidDataException)
            {
                outage.Refused(e);
                throw S3Failure.Final(operation, e);
            }

            var pause = Pause(tries);
            if (outage.IsOpen || time.GetElapsedTime(started) - waited + pause > _total)
                throw S3Failure.Final(operation, error);
            metrics?.Retried(operation);
            span?.SetTag("http.request.resend_count", tries);
            LogTriesAgain(operation, tries, error.Message);
            await Task.Delay(pause, time, cancellationToken);

            Task<T> ConnectAsync(TimeSpan forPlace)
            {
                waited += forPlace;
                outage.BeforeTry(operation);
                began = time.GetUtcNow();
                return TryAsync(attempt, limit, cancellationToken);
            }
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>Half of the pause is jitter, so that the writers that failed together don't come back together.</summary>
    [SuppressMessage("Security", "CA5394", Justification = "Jitter is no secret.")]
    private static TimeSpan Pause(int tries)
    {
        var full = Math.Min(_firstPause.TotalSeconds * Math.Pow(2, Math.Min(tries - 1, 16)), _longestPause.TotalSeconds);
        return TimeSpan.FromSeconds(full * (0.5 + (Random.Shared.NextDouble() / 2)));
    }

    private async Task<T> TryAsync<T>(Func<S3Attempt, Task<T>> attempt, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var once = new S3Attempt(limit, time, cancellationToken);
        try
        {
            return await attempt(once);
        }
        catch (Exception e) when (once.HasTimedOut && e is not S3StoreException { Status: not null })
        {
            throw new TimeoutException($"no answer in {limit.TotalSeconds:0} s", e);
        }
    }

    private async Task<T> InWindowAsync<T>(Place place, string operation, Func<TimeSpan, Task<T>> attempt, CancellationToken cancellationToken)
    {
        if (place.Window is not { } window)
            return await attempt(TimeSpan.Zero);
        outage.BeforeWait(operation);
        var asked = time.GetTimestamp();
        var (round, end) = (await window.EnterAsync(place.Size, cancellationToken), S3TryEnd.Other);
        try
        {
            var result = await attempt(time.GetElapsedTime(asked));
            end = S3TryEnd.Taken;
            return result;
        }
        catch (Exception e) when (S3Failure.IsTooMuch(e))
        {
            end = S3TryEnd.TooMuch;
            throw;
        }
        finally
        {
            window.Leave(round, end);
        }
    }

    /// <summary>Where a body of so many bytes waits for its turn; nowhere without a window.</summary>
    private readonly record struct Place(S3Window? Window, long Size);

    [LoggerMessage(EventName = "ObjectStoreRetried", Level = LogLevel.Debug, Message = "Retrying to {Operation}: attempt {Tries} failed: {Reason}")]
    private partial void LogTriesAgain(string operation, int tries, string reason);
}
