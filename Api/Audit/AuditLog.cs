using System.Diagnostics;
using System.Security.Claims;
using Ingestion.Api.Auth;

namespace Ingestion.Api.Audit;

/// <summary>
/// One line for each act that matters: who did what to which id, from where, in which trace. A log category of its own, so that a filter keeps
/// the lines or drops them. Only acts that have happened are logged: callers can't multiply lines by requests that are refused.
/// </summary>
internal sealed partial class AuditLog(ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger(WireNames.AuditCategory);

    /// <summary>The caller of a request has done this.</summary>
    /// <param name="context">The request.</param>
    /// <param name="act">One of <see cref="AuditAct"/>.</param>
    /// <param name="subject">The id of what it was done to; for an act on a user, the user.</param>
    /// <param name="detail">What else an auditor needs; never a secret.</param>
    public void Write(HttpContext context, string act, string subject, string detail = "")
    {
        if (!_logger.IsEnabled(LogLevel.Information))
            return;
        var (user, token) = (ClaimOf(context.User, "sub"), ClaimOf(context.User, TokenService.IdClaim));
        var address = context.Connection.RemoteIpAddress?.ToString();
        var trace = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
        (subject, detail) = (AuditText.Of(subject), AuditText.Of(detail));
        LogAct(user, act, subject, detail, token, address, trace);
    }

    private static string ClaimOf(ClaimsPrincipal user, string claim) => AuditText.Of(user.FindFirst(claim)?.Value ?? "");

    [LoggerMessage(EventName = "Audit", Level = LogLevel.Information,
        Message = "{User} {Act} {Subject} {Detail} token={Token} address={Address} trace={TraceId}")]
    private partial void LogAct(string user, string act, string subject, string detail, string token, string? address, string traceId);
}

/// <summary>The acts, as they stand in the log. Names are API: add, never change.</summary>
internal static class AuditAct
{
    public const string VideoDeleted = "video.deleted";
    public const string VideoReprocessed = "video.reprocessed";
    public const string DeadLetterReplayed = "dead_letter.replayed";
    public const string DeadLetterRemoved = "dead_letter.removed";
    public const string UploadCancelled = "upload.cancelled";
    public const string ShareMade = "share.made";
    public const string ShareEnded = "share.ended";
    public const string WebhookAdded = "webhook.added";
    public const string WebhookChanged = "webhook.changed";
    public const string WebhookRemoved = "webhook.removed";
    public const string WebhookSecretRotated = "webhook.secret_rotated";
    public const string WebhookTested = "webhook.tested";
    public const string WebhookReplayed = "webhook.replayed";
    public const string BroadcastSent = "broadcast.sent";
    public const string TokenDenied = "token.denied";
    public const string DenialRemoved = "denial.removed";
    public const string TokenMinted = "token.minted";
    public const string UserDisconnected = "user.disconnected";
    public const string UserErasureBegun = "user.erasure_begun";
    public const string SiloBuffersSet = "silo.buffers_set";
    public const string SiloRebalanced = "silo.rebalanced";
    public const string SiloRecycled = "silo.recycled";
    public const string SiloHeapSurveyed = "silo.heap_surveyed";
    public const string DashboardOpened = "dashboard.opened";
}
