using System.Collections.Concurrent;
using Ingestion.Status;
using Ingestion.Tests.Integration.Uploads.Histories;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Status;

/// <summary>Progress finds its subscribers by the stream, wherever it is published and whatever it is about.</summary>
public sealed class ProgressTests(ServiceCluster cluster) : IClassFixture<ServiceCluster>
{
    // More than a publishing grain publishes before it makes way for the next one.
    private const int ManyEvents = 12_000;

    private const int SideBySide = 500;

    private const int Piece = 100;
    private const int MostWrites = 10_000;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(500);

    private readonly string _user = ServiceCluster.NewUser();

    [Fact]
    public async Task SubscribersGetTheProgressOfAnUpload_WhenItIsWrittenInAnotherSilo()
    {
        await using var subscriber = await Listener.StartAsync(cluster.From(0), _user);
        var time = new ManualTime();
        var edge = Edge.Of(cluster, cluster.Silos[1], time);
        var (id, _) = await edge.Creator.CreateAsync(
            new NewUpload(_user, UploadKind.Resumable, null, null, MostWrites * Piece, null, null, TimeSpan.FromHours(1)));
        await using var session = (await edge.Sessions.OpenAsync(id!, _user, UploadKind.Resumable, offset: 0)).Session!;

        // Twice as often as it is published. What a busy machine loses is not published again, but the next one is.
        for (var written = 0; subscriber.Progress.Count < 2; written++)
        {
            Assert.True(written < MostWrites, "progress comes");
            await session.WriteAsync(new(new byte[Piece]), CancellationToken.None);
            time.Advance(_period / 2);
            await Task.Delay(_pause);
        }

        var received = subscriber.Progress.Select(progress => progress.ReceivedBytes!.Value).ToArray();
        Assert.All(received, bytes => Assert.Equal(Piece, bytes % (2 * Piece)));
        Assert.All(subscriber.Progress, progress => Assert.Equal((id, VideoStatus.Receiving, true), (progress.VideoId, progress.Status, progress.OfUpload)));
    }

    [Fact]
    public async Task NoProgressIsSent_WhenTheUploadIsAPieceOfAnother()
    {
        await using var subscriber = await Listener.StartAsync(cluster.From(0), _user);
        var time = new ManualTime();
        var edge = Edge.Of(cluster, cluster.Silos[1], time);
        var (piece, _) = await edge.Creator.CreateAsync(new NewUpload(_user, UploadKind.Partial, null, null, 1_000, null, null, TimeSpan.FromHours(1)));
        await using var session = (await edge.Sessions.OpenAsync(piece!, _user, UploadKind.Partial, offset: 0)).Session!;
        time.Advance(_period);
        await session.WriteAsync(new(new byte[100]), CancellationToken.None);

        // What comes later than it would have come, and by the same way.
        await Publish(cluster.From(1), percent: 1);
        await Eventually.TrueAsync(() => !subscriber.Progress.IsEmpty, "progress comes");
        Assert.Equal([1], subscriber.Progress.Select(progress => progress.Percent));
    }

    [Fact]
    public async Task ProgressContinues_WhenThePublishingGrainIsReplacedByAnother()
    {
        await using var subscriber = await Listener.StartAsync(cluster.From(0), _user);
        for (var i = 0; i < ManyEvents; i += SideBySide)
        {
            var last = i;
            await Task.WhenAll(Enumerable.Range(0, SideBySide).Select(_ => Publish(cluster.From(1), percent: 1)));
            await Publish(cluster.From(1), percent: 2 + (i / SideBySide));
            await subscriber.UntilAsync(progress => progress.Percent == 2 + (last / SideBySide));
        }
    }

    private Task Publish(IGrainFactory silo, int percent) =>
        silo.GetGrain<IProgressGrain>(0).PublishAsync(
            _user, new StatusEvent(ServiceCluster.NewId(), "v", VideoStatus.Processing, TimeProvider.System.GetUtcNow(), percent));

    /// <summary>Listens to one user's journal, and keeps the progress.</summary>
    private sealed class Listener : IStatusObserver, IAsyncDisposable
    {
        private readonly IGrainFactory _grains;
        private readonly IStatusObserver _self;

        private Listener(IGrainFactory grains) => (_grains, _self) = (grains, grains.CreateObjectReference<IStatusObserver>(this));

        public ConcurrentQueue<StatusEvent> Progress { get; } = new();

        public static async Task<Listener> StartAsync(IGrainFactory grains, string user)
        {
            var listener = new Listener(grains);
            await grains.GetGrain<IStatusGrain>(user).SubscribeAsync(listener._self, since: null);
            return listener;
        }

        public Task OnEntriesAsync(string epoch, IReadOnlyList<JournalEntry> entries) => Task.CompletedTask;

        public Task OnProgressAsync(StatusEvent progress)
        {
            Progress.Enqueue(progress);
            return Task.CompletedTask;
        }

        public Task UntilAsync(Func<StatusEvent, bool> came) => Eventually.TrueAsync(() => Progress.Any(came), "progress comes");

        public ValueTask DisposeAsync()
        {
            _grains.DeleteObjectReference<IStatusObserver>(_self);
            return ValueTask.CompletedTask;
        }
    }
}
