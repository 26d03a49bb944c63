using System.Net;
using System.Runtime.InteropServices;
using Ingestion.Api.Auth;
using Ingestion.Api.Http;
using Ingestion.Silo.Pods;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Ingestion.Silo.Hosting;

/// <summary>What an operator wants to know of a silo that starts: what it is, what it does, where it keeps things, where it listens.</summary>
internal static partial class StartLog
{
    public static void LogStart(this WebApplication app, SiloSettings settings, Claims claims)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Ingestion");
        var (runtime, data) = (RuntimeInformation.FrameworkDescription, settings.DataPath(""));
        LogProduct(logger, Product.Version, Product.Orleans, runtime, settings.Roles);
        LogData(logger, data, settings.Store, settings.Queue, settings.Cluster.IsPostgres ? "postgres" : "file");
        if (claims.Tightened.Count > 0)
            LogTightened(logger, data, claims.Tightened.Count);
        if (claims.Tightened.Failed > 0)
            LogOpen(logger, data, claims.Tightened.Failed);
        if (settings.HasRole(Roles.Api))
        {
            var tokens = app.Services.GetRequiredService<IOptions<TokenOptions>>().Value;
            if (app.Environment.IsProduction() && app.Services.GetRequiredService<IOptions<HttpOptions>>().Value.IsAnyHostTaken)
                LogAnyHost(logger);
            LogKey(logger, tokens.Key.Length > 0 ? "the setting Ingestion:Token:Key" : tokens.KeyFile);
        }

        LogCluster(logger, settings.Cluster.ClusterId, settings.Cluster.ServiceId, settings.Cluster.Kind, claims.Silo.Advertised);
        if (claims.Agent is { Refusal: var refusal, Pod: var pod })
            LogPod(logger, pod, refusal);
        if (claims.Certificates is { } certificates)
        {
            certificates.Logger = logger;
            var own = certificates.Own;
            LogTls(logger, own.Subject, own.NotAfter);
        }

        if (RoleRules.JobsWait(settings))
            LogJobsWait(logger);
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            var addresses = string.Join(", ", app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []);
            LogListening(logger, addresses);
        });
        app.Lifetime.ApplicationStopping.Register(() => LogStopping(logger));
        app.Services.GetRequiredService<QuietStreams>().KeepQuietFrom(app.Lifetime);
    }

    private static void LogPod(ILogger logger, OwnPod pod, string? refusal)
    {
        if (refusal is null)
            LogPodsWatched(logger, pod.Name, pod.Namespace);
        else
            LogPodsNotWatched(logger, refusal);
    }

    [LoggerMessage(EventName = "SiloStarting", Level = LogLevel.Information, Message = "Ingestion {Version} on Orleans {Orleans} and {Runtime}, roles {Roles}")]
    private static partial void LogProduct(ILogger logger, string version, string orleans, string runtime, string roles);

    [LoggerMessage(EventName = "SiloData", Level = LogLevel.Information, Message = "Data folder {Data}; store {Store}, queue {Queue}, state {State}")]
    private static partial void LogData(ILogger logger, string data, string store, string queue, string state);

    [LoggerMessage(
        EventName = "DataTightened",
        Level = LogLevel.Warning,
        Message = "{Count} files and folders in {Data} were open to other users of the machine; they are not any more")]
    private static partial void LogTightened(ILogger logger, string data, int count);

    [LoggerMessage(
        EventName = "DataOpen",
        Level = LogLevel.Warning,
        Message = "{Count} files and folders in {Data} are open to other users of the machine and belong to another user: chmod -R go= them")]
    private static partial void LogOpen(ILogger logger, string data, int count);

    [LoggerMessage(EventName = "SiloTokenKey", Level = LogLevel.Information, Message = "Tokens are checked with the key of {Key}")]
    private static partial void LogKey(ILogger logger, string key);

    [LoggerMessage(EventName = "SiloCluster", Level = LogLevel.Information,
        Message = "Cluster {ClusterId} of service {ServiceId} ({Kind}), this silo {Endpoint}")]
    private static partial void LogCluster(ILogger logger, string clusterId, string serviceId, string kind, IPEndPoint endpoint);

    [LoggerMessage(EventName = "PodsWatched", Level = LogLevel.Information,
        Message = "Pod {Pod} in the namespace {Namespace}; silos whose pods are removed are declared dead")]
    private static partial void LogPodsWatched(ILogger logger, string pod, string @namespace);

    [LoggerMessage(EventName = "PodsNotWatched", Level = LogLevel.Warning,
        Message = "Pods are not watched, dead silos are found by missed probes alone: {Reason}")]
    private static partial void LogPodsNotWatched(ILogger logger, string reason);

    [LoggerMessage(EventName = "SiloTls", Level = LogLevel.Information, Message = "TLS between silos, with the certificate {Subject} until {NotAfter:s}")]
    private static partial void LogTls(ILogger logger, string subject, DateTime notAfter);

    [LoggerMessage(EventName = "SiloJobsWait", Level = LogLevel.Warning,
        Message = "Role api without worker, and a queue in files: videos stay queued until a silo starts on this data folder with both roles")]
    private static partial void LogJobsWait(ILogger logger);

    [LoggerMessage(EventName = "AnyHostTaken", Level = LogLevel.Warning,
        Message = "Links name whatever host a request names: set Ingestion:Http:PublicUrl, or Ingestion:Http:AllowedHosts")]
    private static partial void LogAnyHost(ILogger logger);

    [LoggerMessage(EventName = "SiloReady", Level = LogLevel.Information, Message = "Ready at {Addresses}")]
    private static partial void LogListening(ILogger logger, string addresses);

    [LoggerMessage(EventName = "SiloStopping", Level = LogLevel.Information, Message = "Stopping")]
    private static partial void LogStopping(ILogger logger);
}
