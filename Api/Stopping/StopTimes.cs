namespace Ingestion.Api.Stopping;

/// <summary>How much time each step of a stop has.</summary>
/// <param name="Unready">For how long the silo serves on after it has stopped being ready.</param>
/// <param name="Drain">For how long requests and sockets may go on from then on.</param>
public sealed record StopTimes(TimeSpan Unready, TimeSpan Drain)
{
    /// <summary>How long a request that is cut has for its answer.</summary>
    public static readonly TimeSpan Answers = TimeSpan.FromSeconds(5);

    /// <summary>How long the rest takes at most: sweeps that end, and the silo that leaves its cluster.</summary>
    public static readonly TimeSpan Leaving = TimeSpan.FromSeconds(20);

    /// <summary>From the end of <see cref="Unready"/> to the end of the process.</summary>
    public TimeSpan Shutdown => Drain + Answers + Leaving;
}
