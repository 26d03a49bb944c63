using System.Net;
using System.Reflection;

namespace Ingestion.Tests.Unit.Health;

/// <summary>Knows the status of its own silo and of three silos of its cluster, and nothing else.</summary>
public class Oracle : DispatchProxy
{
    private SiloStatus _status;

    public static ISiloStatusOracle Of(SiloStatus status)
    {
        var oracle = Create<ISiloStatusOracle, Oracle>();
        ((Oracle)(object)oracle)._status = status;
        return oracle;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod?.Name switch
    {
        "get_CurrentStatus" => _status,
        nameof(ISiloStatusOracle.GetApproximateSiloStatuses) => new[] { SiloStatus.Active, SiloStatus.Dead, SiloStatus.Active }.Index()
            .ToDictionary(silo => SiloAddress.New(IPAddress.Loopback, 1 + silo.Index, 1), silo => silo.Item),
        var other => throw new NotSupportedException(other),
    };
}
