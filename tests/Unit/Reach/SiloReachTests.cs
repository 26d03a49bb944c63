using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Net;
using System.Reflection;
using Ingestion.Api.Reach;
using Ingestion.Silos;
using Ingestion.Tests.Unit.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ingestion.Tests.Unit.Reach;

public sealed class SiloReachTests : IDisposable
{
    private static readonly SiloAddress _self = Silo(1);
    private static readonly SiloAddress _near = Silo(2);
    private static readonly SiloAddress _far = Silo(3);

    private readonly ManualTime _time = new();
    private readonly Lines _log = new();
    private readonly CallTimeouts _timeouts = new();
    private readonly Dictionary<SiloAddress, SiloStatus> _members = new()
    {
        [_self] = SiloStatus.Active, [_near] = SiloStatus.Active, [_far] = SiloStatus.Active, [Silo(4)] = SiloStatus.Dead,
    };
    private readonly HashSet<SiloAddress> _silent = [];
    private readonly ReachMetrics _metrics = new(
        new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>(), Oracle.Of(SiloStatus.Active));
    private readonly SiloReach _reach;

    public SiloReachTests() => _reach = new SiloReach(
        Fake.Of<IClusterMembershipService>("get_CurrentSnapshot", _ => new ClusterMembershipSnapshot(
            _members.ToImmutableDictionary(member => member.Key, member => new ClusterMember(member.Key, member.Value, "")), new MembershipVersion(1))),
        Fake.Of<ILocalSiloDetails>("get_SiloAddress", _ => _self),
        Fake.Of<IMemoryGovernorClient>(nameof(IMemoryGovernorClient.GetSampleAsync), arguments => _silent.Contains((SiloAddress)arguments[0]!)
            ? new TaskCompletionSource<MemorySample>().Task
            : Task.FromResult(default(MemorySample)!)),
        _timeouts, _metrics, _time, _log);

    public void Dispose()
    {
        _reach.Dispose();
        _timeouts.Dispose();
    }

    [Fact]
    public async Task SiloThatDoesNotAnswer_IsNamedOnce_UntilItAnswersAgain()
    {
        _silent.Add(_far);
        await LookAsync();
        await LookAsync();
        Assert.Equal(1, _metrics.Unreachable);

        _silent.Clear();
        await LookAsync();

        Assert.Equal(0, _metrics.Unreachable);
        Assert.Equal(["SiloUnreachable", "SiloReached"], _log.Events);
    }

    [Fact]
    public async Task SiloThatIsDeclaredDead_IsNotUnreachableAnyMore()
    {
        _silent.Add(_far);
        await LookAsync();
        _members[_far] = SiloStatus.Dead;
        await LookAsync();

        Assert.Equal(0, _metrics.Unreachable);
        Assert.Equal(["SiloUnreachable", "SiloReached"], _log.Events);
    }

    [Fact]
    public async Task CallThatTimesOut_IsNoticed()
    {
        using var meter = new Meter("Microsoft.Orleans");
        meter.CreateCounter<int>("orleans-app-requests-timedout").Add(1);
        await _timeouts.WaitAsync(Eventually.Deadline, CancellationToken.None);
    }

    private static SiloAddress Silo(int number) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, number), number);

    private async Task LookAsync()
    {
        var look = _reach.LookAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(2));
        await look;
    }

    /// <summary>The names of events.</summary>
    private sealed class Lines : ILogger<SiloReach>
    {
        public List<string?> Events { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Events.Add(eventId.Name);
    }

    /// <summary>Has one member.</summary>
    public class Fake : DispatchProxy
    {
        private string _name = "";
        private Func<object?[], object?> _call = _ => null;

        public static T Of<T>(string name, Func<object?[], object?> call)
            where T : class
        {
            var fake = Create<T, Fake>();
            (((Fake)(object)fake)._name, ((Fake)(object)fake)._call) = (name, call);
            return fake;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod?.Name == _name ? _call(args!) : throw new NotSupportedException(targetMethod?.Name);
    }
}
