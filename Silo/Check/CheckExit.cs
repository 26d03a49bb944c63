namespace Ingestion.Silo.Check;

/// <summary>Exit codes of <c>check</c>; 78, as everywhere, when a setting is wrong.</summary>
internal static class CheckExit
{
    public const int Right = 0;

    /// <summary>Something is wrong that was not repaired.</summary>
    public const int Wrong = 1;

    /// <summary>It could not be checked: the database or the store is away.</summary>
    public const int Unknown = 2;

    /// <summary>Nothing is wrong, and something is left over.</summary>
    public const int LeftOver = 3;

    public static int Of(CheckReport report) => report.Wrong > 0 ? Wrong : report.LeftOver > 0 ? LeftOver : Right;
}
