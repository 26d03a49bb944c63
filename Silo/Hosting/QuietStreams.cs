namespace Ingestion.Silo.Hosting;

/// <summary>
/// Keeps out of the log what Orleans' streams report of a silo that stops. Their parts leave in no order, so a read of one from the other may fail then; what
/// they carry is progress, which may be lost.
/// </summary>
internal sealed class QuietStreams
{
    // The prefixes of the categories of both sides. The one that reads logs as its class, or as "Orleans.Streams." and the name of the provider.
    private static readonly string[] _sides = ["Orleans.Providers.Memory", "Orleans.Streams"];

    private volatile bool _stops;

    /// <summary>Puts itself in the way of what they log.</summary>
    public void FilterIn(ILoggingBuilder logs)
    {
        foreach (var side in _sides)
            logs.AddFilter(side, level => level >= LogLevel.Warning && !_stops);
    }

    /// <summary>From the begin of the stop on.</summary>
    public void KeepQuietFrom(IHostApplicationLifetime host) => host.ApplicationStopping.Register(() => _stops = true);
}
