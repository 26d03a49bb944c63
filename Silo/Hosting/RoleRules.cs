namespace Ingestion.Silo.Hosting;

/// <summary>
/// Which roles, queue and kind of cluster go together. A job is of use only to a worker that shares the state of the silo that queued it: any other
/// one does not know the video.
/// </summary>
internal static class RoleRules
{
    /// <summary>Why the silo must not start; null when it may.</summary>
    public static string? Mistake(SiloSettings settings)
    {
        if (HasBoth(settings))
            return null;
        var start = $"Ingestion:Roles={settings.Roles} needs a silo with the other role";
        var both = $"give this silo Ingestion:Roles={string.Join(',', Roles.All)}";
        return (settings.Cluster.IsPostgres, settings.Queue) switch
        {
            (false, "sqs") => $"{start} that shares its state, and with Ingestion:Cluster:Kind=localhost none does, "
                + $"though Ingestion:Queue=sqs shares its jobs: {both}, or set Ingestion:Cluster:Kind=postgres",
            (true, "file") => $"{start} that shares its jobs, and Ingestion:Queue=file shares them with no other silo: {both}, or set Ingestion:Queue=sqs",
            _ => null,
        };
    }

    /// <summary>
    /// A silo of its own that queues jobs and takes none. They are in its data folder with the videos, and the next start with both roles takes them:
    /// that is legal, for a while.
    /// </summary>
    public static bool JobsWait(SiloSettings settings) => settings.Queue == "file" && settings.HasRole(Roles.Api) && !settings.HasRole(Roles.Worker);

    private static bool HasBoth(SiloSettings settings) => Roles.All.All(settings.HasRole);
}
