using Ingestion.Silo.Hosting;
using Ingestion.Tests.Unit.Auth;
using Microsoft.Extensions.Logging;

namespace Ingestion.Tests.Unit.Stops;

public sealed class QuietStreamsTests
{
    [Theory]
    [InlineData("Orleans.Providers.MemoryAdapterReceiver`1[[Serializer]].progress.0", false)]
    [InlineData("Orleans.Streams.PersistentStreamPullingAgent.progress", false)]
    [InlineData("Orleans.Streams.progress", false)]
    [InlineData("Orleans.Runtime.Catalog", true)]
    public void ErrorsOfStreamsAreLoggedUntilTheSiloStops(string category, bool afterwards)
    {
        using var host = new ManualHost();
        using var lines = new LogLines();
        var streams = new QuietStreams();
        using var logs = LoggerFactory.Create(builder =>
        {
            builder.AddProvider(lines);
            streams.FilterIn(builder);
        });
        streams.KeepQuietFrom(host);
        var logger = logs.CreateLogger(category);

        Assert.True(logger.IsEnabled(LogLevel.Error));
        host.StopApplication();
        Assert.Equal(afterwards, logger.IsEnabled(LogLevel.Error));
    }
}
