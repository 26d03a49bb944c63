using System.Collections.Immutable;
using System.Net;
using System.Reflection;
using Ingestion.Webhooks;
using Orleans.Metadata;

namespace Ingestion.Tests.Unit.Webhooks;

/// <summary>While silos of two releases run, no webhook is added that the older one would send to nowhere.</summary>
public class PullSupportTests
{
    private static readonly GrainManifest _before = Of(typeof(IWebhookGrain));
    private static readonly GrainManifest _now = Of(typeof(IWebhookGrain), typeof(IWebhookEventsGrain));

    [Fact]
    public void ItIsEverywhere_OnceEverySiloKnowsIt()
    {
        Assert.False(PullSupport.IsEverywhere(Cluster(_now, _before)));
        Assert.False(PullSupport.IsEverywhere(Cluster(_before)));
        Assert.True(PullSupport.IsEverywhere(Cluster(_now, _now)));
    }

    private static GrainManifest Of(params Type[] interfaces) => new(
        ImmutableDictionary<GrainType, GrainProperties>.Empty,
        interfaces.ToImmutableDictionary(
            type => type.GetCustomAttribute<GrainInterfaceTypeAttribute>()!.GetGrainInterfaceType(null!, type),
            _ => new GrainInterfaceProperties(ImmutableDictionary.Create<string, string>(StringComparer.Ordinal))));

    private static ClusterManifest Cluster(params GrainManifest[] silos) => new(
        MajorMinorVersion.Zero,
        silos.Select((manifest, i) => KeyValuePair.Create(SiloAddress.New(IPAddress.Loopback, 1_000 + i, 1), manifest)).ToImmutableDictionary(),
        [.. silos]);
}
