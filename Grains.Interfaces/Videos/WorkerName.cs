namespace Ingestion.Videos;

/// <summary>In whose name a worker claims.</summary>
public static class WorkerName
{
    /// <summary>Before the parsable address of a silo that works itself.</summary>
    public const string SiloPrefix = "silo/";

    /// <summary>The name of the worker in this silo.</summary>
    public static string Of(SiloAddress silo) => SiloPrefix + silo.ToParsableString();
}
