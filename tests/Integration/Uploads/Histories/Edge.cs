using Ingestion.Api.Uploads;
using Ingestion.Api.Uploads.Limits;
using Ingestion.Backends.Media;
using Ingestion.Uploads;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingestion.Tests.Integration.Uploads.Histories;

/// <summary>The edge of one silo as its endpoints have it, without the sockets.</summary>
internal static class Edge
{
    public static UploadEdge Of(ServiceCluster cluster, SiloAddress silo, TimeProvider? time = null)
    {
        var services = new ServiceCollection().AddMetrics().AddSingleton(time ?? TimeProvider.System).AddSingleton(cluster.From(silo)).AddSingleton<IObjectStore>(cluster.StoreOf(silo));
        services.AddContainerSniffer();
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddOptions<UploadOptions>().Configure(uploads => uploads.RequireKnownContainer = false);
        services.AddOptions<UploadLimitsOptions>();
        services.AddSingleton<UploadMetrics>().AddSingleton<CreationRate>().AddSingleton<UploadAdmission>();
        services.AddSingleton<IHostApplicationLifetime, NeverStops>().AddSingleton<UploadEdge>();
        return services.BuildServiceProvider().GetRequiredService<UploadEdge>();
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
