using System.Runtime;

namespace Ingestion.Silo.Hosting;

/// <summary>
/// Lets the runtime compile on a second core what earlier starts needed: most of a start is compiling. The first start on a data folder records,
/// later ones play. A profile of another build does no harm: the runtime skips what it does not find. Measured: docs/measuring.md.
/// </summary>
internal static class StartProfile
{
    /// <summary>A folder in the data folder.</summary>
    public const string Folder = "start";

    public static void Use(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The silo starts without one.
            return;
        }

        ProfileOptimization.SetProfileRoot(folder);
        ProfileOptimization.StartProfile("silo");
    }
}
