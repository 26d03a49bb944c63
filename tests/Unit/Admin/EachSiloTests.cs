using System.Collections.Immutable;
using System.Net;
using Ingestion.Api.Admin;
using Fake = Ingestion.Tests.Unit.Reach.SiloReachTests.Fake;

namespace Ingestion.Tests.Unit.Admin;

/// <summary>What operators see of all silos, while one of them is gone or stands still.</summary>
public sealed class EachSiloTests
{
    private static readonly SiloAddress _well = Silo(1);
    private static readonly SiloAddress _frozen = Silo(2);
    private static readonly SiloAddress _dying = Silo(3);
    private static readonly SiloAddress _leaving = Silo(4);

    private readonly ManualTime _time = new();
    private readonly Dictionary<SiloAddress, SiloStatus> _members = new()
    {
        [_well] = SiloStatus.Active, [_frozen] = SiloStatus.Active, [_dying] = SiloStatus.Active, [_leaving] = SiloStatus.ShuttingDown,
    };

    private readonly EachSilo _silos;

    public EachSiloTests() => _silos = new EachSilo(
        Fake.Of<IClusterMembershipService>("get_CurrentSnapshot", _ => new ClusterMembershipSnapshot(
            _members.ToImmutableDictionary(member => member.Key, member => new ClusterMember(member.Key, member.Value, "")), new MembershipVersion(1))),
        _time);

    [Fact]
    public async Task SilosThatDoNotAnswer_AreNamed_AndTheOthersAreShown()
    {
        var query = _silos.QueryAsync<string>(AnswerAsync);
        _time.Advance(TimeSpan.FromSeconds(2));
        var (answers, unanswered) = await query.WaitAsync(Eventually.Deadline);

        Assert.Equal([_well.ToParsableString()], answers);
        Assert.Equal(
            [
                new UnansweredSiloJson(_frozen.ToParsableString(), "Active", UnansweredSiloJson.Timeout),
                new UnansweredSiloJson(_dying.ToParsableString(), "Dead", UnansweredSiloJson.Unreachable),
            ],
            unanswered);
    }

    [Fact]
    public async Task SiloWhoseAnswerIsLeftOut_IsInNeitherList()
    {
        var (answers, unanswered) = await _silos.QueryAsync(silo => Task.FromResult(silo.Equals(_well) ? null : "there"));

        Assert.Equal(["there", "there"], answers);
        Assert.Empty(unanswered);
    }

    [Fact]
    public void OnlyActiveSilos_AreFound()
    {
        Assert.Equal(_well, _silos.Find(_well.ToParsableString()));
        Assert.Null(_silos.Find(_leaving.ToParsableString()));
        Assert.Null(_silos.Find("127.0.0.1"));
    }

    private Task<string?> AnswerAsync(SiloAddress silo)
    {
        if (silo.Equals(_frozen))
            return new TaskCompletionSource<string?>().Task;
        if (silo.Equals(_well))
            return Task.FromResult<string?>(silo.ToParsableString());
        _members[silo] = SiloStatus.Dead;
        throw new SiloUnavailableException("It has gone.");
    }

    private static SiloAddress Silo(int number) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, number), number);
}
