using Ingestion.Grains.Silos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Ingestion.Tests.Unit.Silos;

public sealed class OrleansSheddingTests
{
    [Theory]
    [InlineData("on", false)]
    [InlineData("off", false)]
    [InlineData("orleans", true)]
    public void OrleansSheds_OnlyInPlaceOfTheGovernor(string governor, bool sheds)
    {
        var services = new ServiceCollection().AddOrleansShedding();
        services.Configure<MemoryOptions>(memory => memory.Governor = governor);
        using var provider = services.BuildServiceProvider();
        var collection = provider.GetRequiredService<IOptions<GrainCollectionOptions>>().Value;
        Assert.Equal((sheds, sheds), (collection.EnableActivationSheddingOnMemoryPressure,
            provider.GetRequiredService<IOptions<LoadSheddingOptions>>().Value.LoadSheddingEnabled));
        // What docs/operate/settings.md says.
        Assert.Equal((80, 75), (collection.MemoryUsageLimitPercentage, collection.MemoryUsageTargetPercentage));
    }
}
