using System.Globalization;
using Ingestion.Api.Auth;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Limits;

namespace Ingestion.Api.RateLimits;

/// <summary>
/// The one place that limits how often one user, and one address, may do something in this silo. It is looked at before a grain is activated or
/// anything is written, and answers in the fields of draft-ietf-httpapi-ratelimit-headers.
/// </summary>
internal sealed class CallerRates
{
    private const string PolicyField = "RateLimit-Policy";
    private const string StateField = "RateLimit";

    // Seconds whose share may come at once. All people of an office whose tokens expire or whose connections break at the same moment come back at once.
    private const int RefusalWindow = 60;
    private const int UnknownIdWindow = 100;
    private const int SmallAppendWindow = 50;
    private const int ChangeWindow = 20;
    private const int BroadcastWindow = 2;
    private const int ConnectWindow = 40;

    // A client that has missed an answer sends the part again, and again.
    private const int PartBurst = 10;

    private readonly Dictionary<RateKind, RatePolicy> _policies;
    private readonly RateLimitMetrics _metrics;
    private readonly RefusalPause _pause;

    public CallerRates(
        IOptions<RateLimitOptions> options, IOptions<UploadLimitsOptions> uploads, RateLimitMetrics metrics, RefusalPause pause, TimeProvider time)
    {
        (_metrics, _pause) = (metrics, pause);
        var (rates, limits) = (options.Value, uploads.Value);
        _policies = new Dictionary<RateKind, RatePolicy>
        {
            [RateKind.Creation] = new RatePolicy(
                "creation",
                RatePolicy.Table(limits.CreationsPerSecondPerUser, limits.CreationBurstPerUser, time),
                RatePolicy.Table(limits.CreationsPerSecondPerAddress, limits.CreationBurstPerAddress, time)),
            [RateKind.Refusal] = RatePolicy.Of("refusal", 0, rates.RefusalsPerSecondPerAddress, RefusalWindow, time),
            [RateKind.UnknownId] = RatePolicy.Of("unknown-id", rates.UnknownIdsPerSecondPerUser, rates.UnknownIdsPerSecondPerAddress, UnknownIdWindow, time),
            [RateKind.SmallAppend] = RatePolicy.Of(
            "small-append", rates.SmallAppendsPerSecondPerUser, rates.SmallAppendsPerSecondPerAddress, SmallAppendWindow, time),
            [RateKind.Change] = RatePolicy.Of("change", rates.ChangesPerSecondPerUser, rates.ChangesPerSecondPerAddress, ChangeWindow, time),
            [RateKind.Broadcast] = RatePolicy.Of("broadcast", rates.BroadcastsPerSecondPerUser, 0, BroadcastWindow, time),
            [RateKind.Connect] = RatePolicy.Of("connect", rates.ConnectsPerSecondPerUser, rates.ConnectsPerSecondPerAddress, ConnectWindow, time),
            // In the place of its user stands the part: the request shows no other.
            [RateKind.PartWrite] = new RatePolicy(
                "part-write", RatePolicy.Table(rates.PartWritesPerSecond, PartBurst, time), address: null, "part-write"),
        };
    }

    /// <summary>Counts one request of the caller. Null, or the refusal; the response has the RateLimit fields in both cases.</summary>
    public Problem? Take(HttpContext context, RateKind kind) => Take(context, kind, UserOf(context));

    /// <summary>The same for something else than the user, such as a part.</summary>
    public Problem? Take(HttpContext context, RateKind kind, string? user)
    {
        var policy = _policies[kind];
        var ofUser = user is null ? null : policy.User?.Take(user);
        var ofAddress = ofUser?.RetryAfter is null ? policy.Address?.Take(ClientAddress.Of(context)) : null;
        Show(context, policy, ofUser, ofAddress);
        if ((ofUser?.RetryAfter ?? ofAddress?.RetryAfter) is not { } delay)
            return null;
        _metrics.Refused(policy.Name, ofUser?.RetryAfter is null ? RateLimitMetrics.Address : RateLimitMetrics.User);
        return Refusal(TimeSpan.FromSeconds(delay));
    }

    /// <summary>Whether the caller may try something that costs only when it fails. Null, or why not now.</summary>
    /// <param name="context">Of the request.</param>
    /// <param name="kind">What it may turn out to be.</param>
    /// <param name="checkAddress">False: only the user is looked at, so that others behind one address are not kept from it.</param>
    public Problem? Check(HttpContext context, RateKind kind, bool checkAddress = true)
    {
        var policy = _policies[kind];
        var user = UserOf(context);
        var ofUser = user is null ? null : policy.User?.Wait(user);
        var delay = ofUser ?? (checkAddress ? policy.Address?.Wait(ClientAddress.Of(context)) : null);
        if (delay is null)
            return null;
        _metrics.Refused(policy.Name, ofUser is null ? RateLimitMetrics.Address : RateLimitMetrics.User);
        context.Response.Headers[PolicyField] = policy.Field;
        context.Response.Headers[StateField] = State(ofUser is null ? policy.AddressName : policy.UserName, left: 0, delay.Value.TotalSeconds);
        return Refusal(delay.Value);
    }

    /// <summary>
    /// Charges a request that was checked and is of that kind. A caller that has used up a tenth of the burst waits here, so that one connection repeats
    /// the request no faster than the rate: a burst of failures at full speed delays all other clients.
    /// </summary>
    public Task ChargeAsync(HttpContext context, RateKind kind)
    {
        var policy = _policies[kind];
        var pause = UserOf(context) is { } user ? policy.User?.Charge(user) ?? TimeSpan.Zero : TimeSpan.Zero;
        var ofAddress = policy.Address?.Charge(ClientAddress.Of(context)) ?? TimeSpan.Zero;
        pause = pause > ofAddress ? pause : ofAddress;
        if (pause == TimeSpan.Zero)
            return Task.CompletedTask;
        return _pause.WaitAsync(pause < RefusalPause.Time ? pause : RefusalPause.Time, context.RequestAborted);
    }

    /// <summary>Takes one for a user without a request, as in a frame of a socket.</summary>
    public bool TryTake(RateKind kind, string user)
    {
        if (_policies[kind].User?.Take(user).RetryAfter is null)
            return true;
        _metrics.Refused(_policies[kind].Name, RateLimitMetrics.User);
        return false;
    }

    /// <summary>So many that were taken for a user cost nothing after all.</summary>
    public void GiveBack(RateKind kind, string user, int count) => _policies[kind].User?.GiveBack(user, count);

    /// <summary>Guests of a share are not its owner: what they do must not count as the owner's.</summary>
    private static string? UserOf(HttpContext context) =>
        context.User.IsGuest() ? null : context.User.FindFirst("sub")?.Value;

    private static Problem Refusal(TimeSpan delay) => Problem.RateLimited with { RetryAfter = delay };

    private static void Show(HttpContext context, RatePolicy policy, RateState? user, RateState? address)
    {
        if (user is null && address is null)
            return;
        var ofUser = user is { } u ? State(policy.UserName, u.Left, u.RetryAfter ?? u.Reset) : null;
        var ofAddress = address is { } a ? State(policy.AddressName, a.Left, a.RetryAfter ?? a.Reset) : null;
        context.Response.Headers[PolicyField] = policy.Field;
        context.Response.Headers[StateField] = ofUser is null ? ofAddress : ofAddress is null ? ofUser : $"{ofUser}, {ofAddress}";
    }

    private static string State(string name, long left, double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={left};t={Math.Max(1, Math.Ceiling(seconds)):0}");
}
