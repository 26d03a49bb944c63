using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Tests.Integration.Uploads.Histories;
using Ingestion.Uploads;

namespace Ingestion.Tests.Integration.Uploads.Late;

/// <summary>A writer whose client is so slow that no part of it is full for long.</summary>
public sealed class SlowWriterTests(ServiceCluster cluster) : IClassFixture<ServiceCluster>
{
    private static readonly TimeSpan _period = TimeSpan.FromMinutes(1);

    private readonly ManualTime _time = new();
    private readonly string _user = ServiceCluster.NewUser();

    [Fact]
    public async Task LeaseIsRenewed_OnceAMinute()
    {
        await using var session = await OpenAsync();
        var expiry = session.ExpiresAt;
        for (var i = 0; i < 3; i++)
        {
            cluster.Time.Advance(_period);
            _time.Advance(_period - TimeSpan.FromSeconds(1));
            Assert.Null(await WriteAsync(session));
            Assert.Equal(expiry, session.ExpiresAt);
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Null(await WriteAsync(session));
            Assert.True(session.ExpiresAt > expiry);
            expiry = session.ExpiresAt;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WriterDiscoversThatItsLeaseIsGone_WhenItIsNotNotified(bool isOpen)
    {
        await using var session = await OpenAsync();
        if (isOpen)
            Assert.Null(await WriteAsync(session));
        await cluster.Cluster.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(cluster.Silos, TimeSpan.Zero);
        _time.Advance(_period);
        if (isOpen)
            Assert.Equal(Problem.UploadInterrupted, await WriteAsync(session));
        else
            await Assert.ThrowsAsync<WriterFencedException>(() => WriteAsync(session));
        session.Drop();
    }

    private async Task<UploadSession> OpenAsync()
    {
        var edge = Edge.Of(cluster, cluster.Silos[1], _time);
        var upload = new NewUpload(_user, UploadKind.Resumable, null, null, 1_000_000, null, null, TimeSpan.FromHours(1));
        var id = (await edge.Creator.CreateAsync(upload)).Id!;
        return (await edge.Sessions.OpenAsync(id, _user, UploadKind.Resumable, offset: 0)).Session!;
    }

    private static async Task<Problem?> WriteAsync(UploadSession session) => await session.WriteAsync(new(new byte[100]), CancellationToken.None);
}
