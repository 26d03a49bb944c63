using Ingestion.Silo.Commands;

namespace Ingestion.Silo.Janitor;

/// <summary>Puts the tokens that the command made with this silo's key into the audit log.</summary>
internal sealed partial class MintedTokenSweep(
    MintedTokens minted, IHostApplicationLifetime host, TimeProvider time, ILoggerFactory loggers, ILogger<MintedTokenSweep> logger)
    : PeriodicSweep(_period, host, time, logger)
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(5);

    private readonly ILogger _audit = loggers.CreateLogger(WireNames.AuditCategory);

    protected override async Task SweepAsync(CancellationToken stopping) => await TryAsync("minted tokens", _ => Task.FromResult(minted.Take(Log)), stopping);

    private void Log(MintedToken token) => LogMinted(_audit, token.MadeBy, token.Id, token.User, token.Scopes, token.Expires);

    [LoggerMessage(EventName = "Audit", Level = LogLevel.Information,
        Message = "{User} token.minted {Subject} sub={Sub} scopes={Scopes} until={Until:O} by the command on this machine")]
    private static partial void LogMinted(ILogger logger, string user, string subject, string sub, string scopes, DateTime until);
}
