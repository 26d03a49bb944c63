using System.Security.Cryptography;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Uploads.Histories;

/// <summary>
/// One client's upload with everything that can happen to it, and what must hold after each step: the offset never falls below an
/// acknowledged one, and what comes out at the end is what went in.
/// </summary>
internal sealed class UploadHistory(ServiceCluster cluster, Edge[] edges, int seed)
{
    private const int LongestSource = 900_000;
    private const int Steps = 12;

    private readonly Random _random = new(seed);
    private readonly string _user = ServiceCluster.NewUser();
    private byte[] _source = [];
    private string _id = "";
    private long _acknowledged;

    // Sessions whose process has died: they are never disposed, and nothing they do counts.
    private readonly List<UploadSession> _dead = [];

    private Edge AnyEdge => edges[_random.Next(edges.Length)];

    public async Task RunAsync()
    {
        _source = new byte[_random.Next(1, LongestSource)];
        _random.NextBytes(_source);
        await CreateAsync();
        for (var step = 0; step < Steps && !await IsCompleteAsync(); step++)
        {
            switch (_random.Next(7))
            {
                case 0: await LookAsync(); break;
                case 1: await TakeOverAsync(); break;
                case 2: await DieAsync(); break;
                case 3: await SendWrongOffsetAsync(); break;
                default: await SendAsync(breaksOff: _random.Next(2) == 0); break;
            }
        }

        await FinishAsync();
        await AssertWholeAsync();
    }

    private async Task CreateAsync()
    {
        var length = _random.Next(3) == 0 ? (long?)null : _source.Length;
        var upload = new NewUpload(_user, UploadKind.Resumable, null, null, length, null, null, TimeSpan.FromHours(1));
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    _id = (await AnyEdge.Creator.CreateAsync(upload)).Id!;
                    return true;
                }
                catch (Exception e) when (e is IOException or OrleansException or TimeoutException)
                {
                    return false;
                }
            },
            "the upload is created");
    }

    /// <summary>HEAD.</summary>
    private async Task<long> LookAsync()
    {
        var info = await Retry.UntilAnsweredAsync(async () => await AnyEdge.Pending.PrepareToResumeAsync(_id, _user, CancellationToken.None));
        Assert.NotNull(info);
        Assert.InRange(info.Offset, _acknowledged, _source.Length);
        return _acknowledged = info.Offset;
    }

    /// <summary>PATCH with some of what is missing, perhaps cut short.</summary>
    private async Task SendAsync(bool breaksOff)
    {
        var offset = await LookAsync();
        var count = _random.Next(0, (int)(_source.Length - offset) + 1);
        await AppendAsync(AnyEdge, offset, new ScriptedBody(_source.AsMemory((int)offset, count), _random.Next(), breaksOff),
            whole: offset + count == _source.Length && !breaksOff);
    }

    /// <summary>PATCH from where the client wrongly believes the upload ends: nothing may change.</summary>
    private async Task SendWrongOffsetAsync()
    {
        var offset = await LookAsync();
        var wrong = _random.NextInt64(0, _source.Length + 10);
        if (wrong == offset)
            return;
        var garbage = new byte[1000];
        _random.NextBytes(garbage);
        await AppendAsync(AnyEdge, wrong, new ScriptedBody(garbage, _random.Next(), breaksOff: false), whole: false);
        Assert.Equal(offset, await LookAsync());
    }

    /// <summary>A request hangs on a dead connection while the client is back with another one, from wherever.</summary>
    private async Task TakeOverAsync()
    {
        var offset = await LookAsync();
        var released = new TaskCompletionSource();
        var count = _random.Next(0, (int)(_source.Length - offset) + 1);
        var hanging = new ScriptedBody(_source.AsMemory((int)offset, count), _random.Next(), breaksOff: true, released.Task);
        var old = AppendAsync(AnyEdge, offset, hanging, whole: false);
        await Task.WhenAny(hanging.Stalled, old);
        await SendAsync(breaksOff: _random.Next(2) == 0);
        released.SetResult();
        await old;
        await LookAsync();
    }

    /// <summary>
    /// The process dies in the middle of a request: nothing stores its rest, the lease is gone with the activation, and what was written but not
    /// acknowledged is garbage.
    /// </summary>
    private async Task DieAsync()
    {
        var offset = await LookAsync();
        try
        {
            var (session, _) = await AnyEdge.Sessions.OpenAsync(_id, _user, UploadKind.Resumable, offset);
            if (session is not null)
            {
                _dead.Add(session);
                var count = _random.Next(0, (int)(_source.Length - offset) + 1);
                await session.WriteAsync(new(_source.AsMemory((int)offset, count)), CancellationToken.None);
                _acknowledged = Math.Max(_acknowledged, session.Acknowledged);
            }
        }
        catch (Exception e) when (e is IOException or OrleansException)
        {
            // It dies all the same.
        }

        await cluster.Cluster.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(cluster.Silos, TimeSpan.Zero);
        // The record counts: a commit may be stored of which only the answer was lost.
        await LookAsync();
        Tear();
    }

    private void Tear()
    {
        var file = new FileInfo(Path.Combine(cluster.Folder, "uploads", _id + ".part"));
        if (!file.Exists || file.Length <= _acknowledged)
            return;
        using var handle = File.OpenHandle(file.FullName, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        var garbage = new byte[file.Length - _acknowledged];
        _random.NextBytes(garbage);
        RandomAccess.Write(handle, garbage, _acknowledged);
    }

    private async Task AppendAsync(Edge edge, long offset, ScriptedBody body, bool whole)
    {
        // A client that knows the length declares it with its last bytes at the latest.
        var length = whole ? _source.Length : (long?)null;
        try
        {
            var result = await edge.Appender.AppendAsync(Edge.Request(body), _id, _user, new Append(offset, CompletesWhen.LengthReached, length));
            Assert.InRange(result.Offset, 0, _source.Length);
            if (result.Problem is null)
                _acknowledged = Math.Max(_acknowledged, result.Offset);
        }
        catch (Exception e) when (e is IOException or OrleansException or TimeoutException or InvalidOperationException)
        {
            // 5xx: the client does not know how far it came.
        }
    }

    private async Task<bool> IsCompleteAsync() =>
        await Retry.UntilAnsweredAsync(() => AnyEdge.Finder.FindAsync(_id, _user)) is { State: UploadState.Completed or UploadState.Completing };

    private Task FinishAsync() => Eventually.TrueAsync(
        async () =>
        {
            if (await IsCompleteAsync())
                return true;
            var offset = await LookAsync();
            await AppendAsync(AnyEdge, offset, new ScriptedBody(_source.AsMemory((int)offset), _random.Next(), breaksOff: false), whole: true);
            return false;
        },
        "the upload comes to its end");

    private async Task AssertWholeAsync()
    {
        var video = cluster.From(_random.Next(cluster.Silos.Length)).GetGrain<IVideoGrain>(_id);
        VideoRecord? record = null;
        UploadInfo? info = null;
        await Eventually.TrueAsync(
            async () =>
            {
                record = await Retry.UntilAnsweredAsync(() => video.GetAsync(_user));
                info = await Retry.UntilAnsweredAsync(() => AnyEdge.Finder.FindAsync(_id, _user));
                Assert.True(info is { State: UploadState.Completed or UploadState.Completing }, $"The upload is on its way: {info}");
                return record is not null;
            },
            "the video is there");
        Assert.Equal(_source.Length, record!.SizeBytes);
        var content = await cluster.Store.OpenReadAsync(ObjectKey.Source(_id), 0, null, CancellationToken.None);
        await using var stream = content!.Stream;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_source)), Convert.ToHexStringLower(await SHA256.HashDataAsync(stream)));
    }
}
