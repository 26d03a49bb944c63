using System.Collections.Immutable;
using System.Net;
using System.Reflection;
using Ingestion.Api.Freezes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingestion.Tests.Unit.Stops;

public sealed class FreezeGuardTests : IDisposable
{
    private static readonly SiloAddress _self = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11111), 1);

    private readonly ManualTime _time = new();
    private readonly Members _members = new();
    private readonly FreezeGuard _guard;

    public FreezeGuardTests()
    {
        var silo = DispatchProxy.Create<ILocalSiloDetails, Self>();
        _guard = new FreezeGuard(_members, silo, _time, NullLogger<FreezeGuard>.Instance);
    }

    public void Dispose() => _guard.Dispose();

    [Fact]
    public async Task NothingIsRead_WhileTheSiloGoesOn()
    {
        var waits = _time.NextTimerAsync();
        await _guard.StartAsync(CancellationToken.None);
        await waits;
        for (var i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            await Eventually.TrueAsync(() => _guard.Gap() == TimeSpan.Zero, "it beats");
            Assert.True(await _guard.MayAnswerAsync());
        }

        Assert.Equal(0, _members.Reads);
    }

    [Fact]
    public async Task OneReadIsForAllRequests_WhenTheSiloWasFrozen()
    {
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.True(_guard.IsSuspect);
        var requests = Enumerable.Range(0, 10).Select(_ => _guard.MayAnswerAsync().AsTask()).ToArray();
        Assert.All(requests, request => Assert.False(request.IsCompleted));

        _members.Answer(SiloStatus.Active);

        Assert.All(await Task.WhenAll(requests), Assert.True);
        Assert.Equal(1, _members.Reads);
        Assert.False(_guard.IsSuspect);
    }

    [Fact]
    public async Task NothingIsAnswered_WhenItWasDeclaredDead()
    {
        _time.Advance(TimeSpan.FromSeconds(15));
        var request = _guard.MayAnswerAsync();
        _members.Answer(SiloStatus.Dead);

        Assert.False(await request);
        Assert.True(_guard.IsSuspect);
    }

    [Fact]
    public async Task NextRequestLooksAgain_WhenItCouldNotBeRead()
    {
        _time.Advance(TimeSpan.FromSeconds(15));
        var request = _guard.MayAnswerAsync();
        _members.Fail();
        Assert.False(await request);

        var next = _guard.MayAnswerAsync();
        _members.Answer(SiloStatus.Active);
        Assert.True(await next);
    }

    [Fact]
    public async Task ItIsReadAgain_WhenTheSiloFreezesWhileItReads()
    {
        _time.Advance(TimeSpan.FromSeconds(15));
        var request = _guard.MayAnswerAsync();
        _time.Advance(TimeSpan.FromSeconds(2));
        var second = _guard.MayAnswerAsync();
        _members.Answer(SiloStatus.Active);
        await Eventually.TrueAsync(() => _members.Reads == 2, "it is read again");
        Assert.False(request.IsCompleted);

        _members.Answer(SiloStatus.Active);
        Assert.True(await request);
        Assert.True(await second);
    }

    public class Self : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod?.Name == "get_SiloAddress" ? _self : throw new NotSupportedException(targetMethod?.Name);
    }

    /// <summary>Answers reads when the test says so.</summary>
    private sealed class Members : IClusterMembershipService
    {
        private TaskCompletionSource _read = new();

        public int Reads { get; private set; }

        public ClusterMembershipSnapshot CurrentSnapshot { get; private set; } = Snapshot(SiloStatus.Active);

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => throw new NotSupportedException();

        public void Answer(SiloStatus status)
        {
            CurrentSnapshot = Snapshot(status);
            Interlocked.Exchange(ref _read, new()).SetResult();
        }

        public void Fail() => Interlocked.Exchange(ref _read, new()).SetException(new TimeoutException());

        public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default)
        {
            Reads++;
            return new(Volatile.Read(ref _read).Task);
        }

        public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();

        private static ClusterMembershipSnapshot Snapshot(SiloStatus status) => new(
            ImmutableDictionary<SiloAddress, ClusterMember>.Empty.Add(_self, new ClusterMember(_self, status, "one")), new MembershipVersion(1));
    }
}
