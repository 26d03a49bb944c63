using System.Net;
using Amazon.Runtime;
using Microsoft.Extensions.Logging;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>
/// Knows whether the store can be used, from what became of each request to it, and which part of it is wrong. While it has answered none for a while,
/// requests are refused at once but for one at a time that looks again: nobody waits for a time-out that others have waited for. Logs a change of that,
/// and one line a minute while it lasts.
/// </summary>
internal sealed partial class S3Outage(TimeProvider time, ILogger logger)
{
    /// <summary>No request of a client waits longer for the store, whatever the settings are: proxies and clients give up soon after.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    // A little less than that: the request that finds the store dead has more to ask of it, in vain.
    private static readonly TimeSpan _untilOpen = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _betweenLooks = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _betweenLines = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private DateTimeOffset? _failingSince;
    private DateTimeOffset _lastSuccess = DateTimeOffset.MinValue;
    private DateTimeOffset _nextLook;
    private DateTimeOffset _nextLine;
    private bool _open;
    private bool _logged;
    private string _part = "";
    private string? _refused;

    /// <summary>Whether requests are refused at once.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_gate)
                return _open;
        }
    }

    /// <summary>For how long the store can't be used, as far as is known; zero while it can.</summary>
    public TimeSpan Age
    {
        get
        {
            lock (_gate)
                return IsKnown && _failingSince is { } since ? time.GetUtcNow() - since : TimeSpan.Zero;
        }
    }

    // A failure that may pass with the next try is none yet.
    private bool IsKnown => _open || _refused is not null;

    /// <summary>Before each try. Every so often one is let through to look again.</summary>
    /// <exception cref="S3StoreException">The store is known to be dead.</exception>
    public void BeforeTry(string operation)
    {
        lock (_gate)
        {
            BeforeWait(operation);
            if (_open)
                _nextLook = time.GetUtcNow() + _betweenLooks;
        }
    }

    /// <summary>Before a wait for a try, which will look for itself whether it is one that is let through.</summary>
    /// <exception cref="S3StoreException">The store is known to be dead.</exception>
    public void BeforeWait(string operation)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_open && now < _nextLook)
                throw new S3StoreException(operation, null, $"not tried, {_part} since {(now - _failingSince!.Value).TotalSeconds:0} s");
        }
    }

    /// <summary>The store has answered a request as it should.</summary>
    public void Worked()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            _lastSuccess = now;
            if (_logged)
                LogUsable(now - (_failingSince ?? now));
            // What is refused again and again between others that are not is worth one line a minute too.
            _nextLine = _open ? default : _nextLine;
            (_failingSince, _open, _logged, _refused) = (null, false, false, null);
        }
    }

    /// <summary>A try that began at <paramref name="began"/> has failed in a way that may pass.</summary>
    public void Failed(Exception error, DateTimeOffset began)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            _failingSince ??= began > _lastSuccess ? began : _lastSuccess;
            _part = PartOf(error);
            if (now - _failingSince < _untilOpen)
                return;
            (_open, _nextLook) = (true, now + _betweenLooks);
            LogAtTimes(now, error);
        }
    }

    /// <summary>The store refuses us: waiting does not help, and each request finds that out at once.</summary>
    public void Refused(Exception error)
    {
        lock (_gate)
        {
            if (PartOf(error) is not (Bucket or Credentials or Address))
                return;
            var now = time.GetUtcNow();
            _failingSince ??= now;
            _refused = _part = PartOf(error);
            LogAtTimes(now, error);
        }
    }

    /// <summary>What is wrong, without names of hosts and accounts; null when nothing is known to be.</summary>
    public string? Read()
    {
        lock (_gate)
            return IsKnown && _failingSince is { } since ? $"{_part} (for {(time.GetUtcNow() - since).TotalSeconds:0} s)" : null;
    }

    private const string Bucket = "the bucket does not exist";
    private const string Credentials = "the credentials are refused";
    private const string Address = "the address or the region is another";

    /// <summary>The part that an operator has to look at.</summary>
    internal static string PartOf(Exception error)
    {
        var (status, code) = S3Failure.Of(error);
        return (status, code) switch
        {
            (_, "NoSuchBucket") => Bucket,
            (_, "InvalidAccessKeyId" or "SignatureDoesNotMatch" or "AccessDenied" or "ExpiredToken" or "InvalidToken" or "TokenRefreshRequired"
                or "AccountProblem" or "InvalidSecurity" or "RequestTimeTooSkewed") => Credentials,
            (_, "PermanentRedirect" or "TemporaryRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException") => Address,
            (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, _) => Credentials,
            (HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect, _) => Address,
            (null, _) when error.GetBaseException() is AmazonClientException => "there are no credentials",
            (null, _) => "the address does not answer",
            _ => $"the store fails ({(int)status})",
        };
    }

    private void LogAtTimes(DateTimeOffset now, Exception error)
    {
        if (now < _nextLine)
            return;
        (_nextLine, _logged) = (now + _betweenLines, true);
        LogUnusable(_part, now - _failingSince!.Value, error.Message);
    }

    [LoggerMessage(EventName = "ObjectStoreUnavailable", Level = LogLevel.Error,
        Message = "The object store can't be used: {Part}, since {Duration}. Requests that need it get 503. {Reason}")]
    private partial void LogUnusable(string part, TimeSpan duration, string reason);

    [LoggerMessage(EventName = "ObjectStoreUsable", Level = LogLevel.Information, Message = "The object store can be used again, after {Duration}")]
    private partial void LogUsable(TimeSpan duration);
}
