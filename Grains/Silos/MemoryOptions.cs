using System.ComponentModel.DataAnnotations;
using Ingestion.Grains.Silos.Deciding;

namespace Ingestion.Grains.Silos;

/// <summary>The silo's memory budget.</summary>
public sealed class MemoryOptions
{
    private const int ReserveOfWorkers = 256;
    private const string On = "on";
    private const string OrleansOwn = "orleans";

    /// <summary>
    /// What keeps the budget. <c>on</c>: the governor. For comparison, <c>off</c>: nothing does, the governor only shows what it sees; <c>orleans</c>: Orleans' own
    /// shedding, with its limits as shares of the budget.
    /// </summary>
    [Required, RegularExpression("on|off|orleans")]
    public string Governor { get; set; } = On;

    /// <summary>RSS the silo may use, in MiB; never more than 0.85 of what the limit leaves beside <see cref="ToolReserveMebibytes"/>.</summary>
    [Range(128, 1024 * 1024)]
    public int BudgetMebibytes { get; set; } = 512;

    /// <summary>
    /// What of the limit (the cgroup's or the machine's memory) is set aside for media tools, in MiB; at most half of it. Empty: 256 in a silo with
    /// the role worker, 0 without.
    /// </summary>
    [Range(0, 1024 * 1024)]
    public int? ToolReserveMebibytes { get; set; }

    /// <summary>RSS in MiB above which a silo that has become quiet gives memory back to the system; 0: never.</summary>
    [Range(0, 1024 * 1024)]
    public int ReclaimAboveMebibytes { get; set; } = 150;

    /// <summary>
    /// How many sockets a silo with more than its share, or too little memory, moves to other silos in a second, at most; 0: never any.
    /// </summary>
    [Range(0, 10_000)]
    public int SocketMovesPerSecond { get; set; } = 50;

    /// <summary>The silo restarts itself after this many requests, and up to a tenth more; not within 30 s of its start. 0: never.</summary>
    [Range(0, long.MaxValue)]
    public long RecycleAfterRequests { get; set; }

    /// <summary>The silo restarts itself after this many hours, and up to a tenth more. 0: never.</summary>
    [Range(0, 10_000)]
    public int RecycleAfterHours { get; set; }

    internal bool GovernorActs => Governor == On;

    internal bool OrleansSheds => Governor == OrleansOwn;

    internal long ReclaimAboveBytes => ReclaimAboveMebibytes * 1024L * 1024L;

    internal long BudgetBytes => BudgetMebibytes * 1024L * 1024L;

    internal long ToolReserveBytes(bool runsTools) => (ToolReserveMebibytes ?? (runsTools ? ReserveOfWorkers : 0)) * 1024L * 1024L;

    /// <param name="chance">From 0 to 1, another one at each start.</param>
    internal RecycleLimits RecycleLimits(double chance) => Deciding.RecycleLimits.Of(RecycleAfterRequests, RecycleAfterHours, chance);
}
