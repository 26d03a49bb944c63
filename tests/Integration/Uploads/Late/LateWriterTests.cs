using System.Security.Cryptography;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Tests.Integration.Uploads.Histories;
using Ingestion.Uploads;

namespace Ingestion.Tests.Integration.Uploads.Late;

/// <summary>
/// A writer has its lease and comes late, while another one in another silo takes over and has bytes acknowledged. What it then writes must go nowhere,
/// whatever the store.
/// </summary>
public abstract class LateWriterTests : IAsyncLifetime
{
    private const int Parts = 5;

    private readonly string _user = ServiceCluster.NewUser();
    private ServiceCluster _cluster = null!;
    private Edge[] _edges = [];
    private byte[] _source = [];
    private string _id = "";

    private protected abstract int PartSize { get; }

    private protected abstract Task<ServiceCluster> StartAsync();

    /// <summary>False where a program is missing: xunit makes the class even when all its tests are skipped.</summary>
    private protected virtual bool CanRun => true;

    public async Task InitializeAsync()
    {
        if (!CanRun)
            return;
        _cluster = await StartAsync();
        _edges = [.. _cluster.Silos.Select(silo => Edge.Of(_cluster, silo))];
        _source = RandomNumberGenerator.GetBytes(Parts * PartSize);
        var upload = new NewUpload(_user, UploadKind.Resumable, null, null, _source.Length, null, null, TimeSpan.FromHours(1));
        _id = (await _edges[0].Creator.CreateAsync(upload)).Id!;
        // The store's own upload is begun, so that all later writers continue the same one.
        Assert.Equal(PartSize, await AppendAsync(0, 0, PartSize));
    }

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }

    [ContractFact]
    public Task AcknowledgedBytesStay_WhenALateWriterComesToItsFirstByte() => RunAsync(static (store, gate) => store.Opening = gate, forget: false);

    [ContractFact]
    public Task AcknowledgedBytesStay_WhenALateWriterContinues() => RunAsync(static (store, gate) => store.Taking = gate, forget: false);

    /// <summary>The grain's silo dies: its next activation knows of no lease, and the late writer is not notified.</summary>
    [ContractFact]
    public Task AcknowledgedBytesStay_WhenTheLateWriterIsForgotten() => RunAsync(static (store, gate) => store.Opening = gate, forget: true);

    private async Task RunAsync(Action<FaultyStore, Gate> hold, bool forget)
    {
        var gate = new Gate(onlyFirst: true);
        hold(_cluster.StoreOf(_cluster.Silos[1]), gate);
        var (late, _) = await _edges[1].Sessions.OpenAsync(_id, _user, UploadKind.Resumable, PartSize);
        var writing = WriteAsync(late!, RandomNumberGenerator.GetBytes(3 * PartSize));
        await gate.Reached;
        if (forget)
            await _cluster.KillAsync(_cluster.Silos[0]);

        var acknowledged = await Retry.UntilAnsweredAsync(() => AppendAsync(2, PartSize, 3 * PartSize / 2));
        Assert.Equal(5 * PartSize / 2, acknowledged);
        gate.Open();
        await writing;
        await late!.DisposeAsync();

        Assert.Equal(_source.Length, await AppendAsync(2, acknowledged, _source.Length - (int)acknowledged));
        var content = await _cluster.Store.OpenReadAsync(ObjectKey.Source(_id), 0, null, CancellationToken.None);
        await using var stream = content!.Stream;
        Assert.Equal(SHA256.HashData(_source), await SHA256.HashDataAsync(stream));
    }

    /// <summary>Sends so many bytes of the source through one silo, and expects that to go well; the acknowledged offset.</summary>
    private async Task<long> AppendAsync(int edge, long offset, int count)
    {
        var body = new ScriptedBody(_source.AsMemory((int)offset, count), seed: 1, breaksOff: false);
        var result = await _edges[edge].Appender.AppendAsync(Edge.Request(body), _id, _user, new Append(offset, CompletesWhen.LengthReached));
        Assert.Null(result.Problem);
        return result.Offset;
    }

    private static async Task WriteAsync(UploadSession session, byte[] bytes)
    {
        try
        {
            await session.WriteAsync(new(bytes), CancellationToken.None);
        }
        catch (WriterFencedException)
        {
            // As it should be; where its bytes went is what counts.
        }
    }
}
