using Ingestion.Silo.Hosting;
using Ingestion.Silo.Settings;
using Microsoft.Extensions.Configuration;

namespace Ingestion.Tests.Unit.Deploy;

/// <summary>The environment that a file gives to a silo.</summary>
internal static class SiloEnvironment
{
    /// <summary>What a stop takes beside the drain, in seconds: until balancers have noticed, for open connections, and until the silo has left its cluster.</summary>
    public const int StopSeconds = 5 + 5 + 20;

    /// <summary>Asserts that a silo with these would start: every name is known, every value is in its range, roles and stores go together.</summary>
    public static void Accepts(IEnumerable<KeyValuePair<string, string?>> environment)
    {
        var settings = environment.Select(variable => KeyValuePair.Create(PathOf(variable.Key), variable.Value)).ToArray();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        Assert.Empty(SettingsCheck.Run(configuration));
        var silo = configuration.GetSection(KnownSettings.Root).Get<SiloSettings>()!;
        Assert.Null(RoleRules.Mistake(silo));
        Assert.Null(SharingRules.Mistake(silo));
        Assert.Equal((ClusterSettings.Postgres, "s3", "sqs"), (silo.Cluster.Kind, silo.Store, silo.Queue));
    }

    public static string PathOf(string variable) => variable.Replace("__", ":", StringComparison.Ordinal);
}
