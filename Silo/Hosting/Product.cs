using System.Reflection;

namespace Ingestion.Silo.Hosting;

/// <summary>Versions, for people.</summary>
internal static class Product
{
    public static string Version { get; } = Of(typeof(Product));

    public static string Orleans { get; } = Of(typeof(Grain));

    /// <summary>Without the commit that some builds append, behind a plus or in words.</summary>
    private static string Of(Type type) => type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+', ' ')[0]
        .TrimEnd('.');
}
