using Ingestion.Backends.GrainStorage.Inventory;
using Ingestion.Grains.Videos;
using Ingestion.Silo.Check;
using Ingestion.Silo.Hosting;
using Ingestion.Videos;
using Npgsql;

namespace Ingestion.Silo.Videos;

/// <summary>The rows of all videos: no grain is called, and no index has to be kept. A page of rows is read for each request.</summary>
internal sealed class StoredVideos(IStateInventory states) : IVideoDirectory, IAsyncDisposable
{
    // Few read it; what silos need must not wait behind them.
    private const int MostConnections = 2;

    /// <summary>Reads where the settings keep states.</summary>
    public static StoredVideos Of(SiloSettings settings) => new(settings.Cluster.IsPostgres
        ? new PostgresStates(new NpgsqlConnectionStringBuilder(settings.Cluster.ConnectionString)
        {
            MaxPoolSize = MostConnections, MinPoolSize = 0, ApplicationName = "ingestion directory",
        }.ConnectionString, settings.Cluster.ServiceId)
        : new FileStates(settings.DataPath("state")));

    public async Task<VideoPage> ReadAsync(string? after, CancellationToken cancellationToken)
    {
        var begin = after is null ? StateName.First : new StateName(after, VideoCheck.GrainType);
        var page = await states.ReadAsync(VideoCheck.GrainType, begin, cancellationToken);
        var videos = new List<VideoRecord>();
        foreach (var row in page.States)
        {
            if (row.TryRead<VideoState>(out var state) && state is { Deleting: false, Record: { } record })
                videos.Add(record);
        }

        return new VideoPage(videos, page.States.Count, page.Last?.Key);
    }

    public ValueTask DisposeAsync() => states.DisposeAsync();
}
