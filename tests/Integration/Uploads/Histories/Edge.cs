using Ingestion.Api.RateLimits;
using Ingestion.Api.Stopping;
using Ingestion.Api.Uploads;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Backends.Media;
using Ingestion.Uploads;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingestion.Tests.Integration.Uploads.Histories;

/// <summary>The services of uploads of one silo's edge, as its endpoints have them.</summary>
internal sealed class Edge
{
    private readonly IServiceProvider _services;

    private Edge(IServiceProvider services) => _services = services;

    public UploadCreator Creator => _services.GetRequiredService<UploadCreator>();

    public UploadFinder Finder => _services.GetRequiredService<UploadFinder>();

    public PendingUploads Pending => _services.GetRequiredService<PendingUploads>();

    public UploadSessions Sessions => _services.GetRequiredService<UploadSessions>();

    public UploadAppender Appender => _services.GetRequiredService<UploadAppender>();

    public static Edge Of(ServiceCluster cluster, SiloAddress silo, TimeProvider? time = null)
    {
        var services = new ServiceCollection().AddMetrics().AddSingleton(time ?? TimeProvider.System).AddSingleton(cluster.From(silo))
            .AddSingleton<IObjectStore>(cluster.StoreOf(silo));
        services.AddContainerSniffer();
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddSingleton<IHostApplicationLifetime, NeverStops>().AddSiloStop(new StopTimes(TimeSpan.Zero, TimeSpan.Zero)).AddRateLimits().AddUploads();
        // Histories append a few bytes at a time, as fast as they can.
        services.Configure<RateLimitOptions>(rates => rates.SmallAppendsPerSecondPerAddress = 0);
        services.Configure<UploadOptions>(uploads => uploads.RequireKnownContainer = false);
        return new Edge(services.BuildServiceProvider());
    }

    /// <summary>A request with this body.</summary>
    public static HttpContext Request(Stream body)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = body;
        return context;
    }

    private sealed class NeverStops : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}
