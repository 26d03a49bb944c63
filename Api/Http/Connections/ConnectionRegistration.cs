using Ingestion.Doctor;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Ingestion.Api.Http.Connections;

/// <summary>The connections of a silo, whatever its roles.</summary>
public static partial class ConnectionRegistration
{
    // The whole head of a request; no client needs a tenth of it.
    private static readonly TimeSpan _headTime = TimeSpan.FromSeconds(15);

    /// <summary>Registers the limits of connections and has the listener keep them.</summary>
    public static IServiceCollection AddConnectionLimits(this IServiceCollection services)
    {
        services.AddOptions<ConnectionOptions>().BindConfiguration("Ingestion:Connections").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ConnectionMetrics>();
        services.AddSingleton<IExamination, OpenFilesExamination>();
        services.AddSingleton(CreateGate);
        services.AddSingleton<IStartupFilter, RequestMark>();
        services.AddSingleton<SocketTransportFactory>();
        services.AddSingleton<IConnectionListenerFactory, GatedListenerFactory>();
        services.AddOptions<KestrelServerOptions>().Configure<ConnectionGate, IOptions<ConnectionOptions>, TimeProvider>(Configure);
        return services;
    }

    private static void Configure(KestrelServerOptions server, ConnectionGate gate, IOptions<ConnectionOptions> options, TimeProvider time)
    {
        server.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(options.Value.KeepAliveSeconds);
        server.Limits.RequestHeadersTimeout = _headTime;
        var silence = TimeSpan.FromSeconds(options.Value.FirstRequestSeconds);
        server.ConfigureEndpointDefaults(listen => ConnectionTakeover.Offer(listen, time, gate, silence));
    }

    private static ConnectionGate CreateGate(IServiceProvider services)
    {
        var (options, files) = (services.GetRequiredService<IOptions<ConnectionOptions>>().Value, OpenFileLimit.Read());
        var limits = ConnectionRules.Of(files, options.Max, options.MaxLasting);
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ConnectionRegistration));
        LogLimits(logger, limits.Max, limits.MaxLasting, files);
        if (files is { } open && (options.Max > limits.Max || limits.Max + ConnectionRules.OwnFiles > open))
            LogTooFewFiles(logger, open, limits.Max, options.Max);
        return new ConnectionGate(limits, services.GetRequiredService<ConnectionMetrics>(), services.GetRequiredService<TimeProvider>());
    }

    [LoggerMessage(EventName = "ConnectionLimits", Level = LogLevel.Debug,
        Message = "At most {Max} connections, {MaxLasting} of them WebSockets and event streams; the process may open {Files} files")]
    private static partial void LogLimits(ILogger logger, int max, int maxLasting, long? files);

    [LoggerMessage(EventName = "OpenFilesTooFew", Level = LogLevel.Warning,
        Message = "The process may open {Files} files: at most {Max} connections (Ingestion:Connections:Max: {Asked}). "
            + "Raise the limit (ulimit -n, LimitNOFILE)")]
    private static partial void LogTooFewFiles(ILogger logger, long files, int max, int? asked);

    /// <summary>Before everything that handles requests: a connection with a request is no silent one.</summary>
    private sealed class RequestMark : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(static (context, next) =>
            {
                ConnectionTakeover.BeginRequest(context);
                return next(context);
            });
            next(app);
        };
    }
}
