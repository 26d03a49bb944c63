namespace Ingestion.Dashboards.Boards;

/// <summary>The memory of each silo, and what its governor does.</summary>
internal static class Memory
{
    private static readonly State[] _levels =
        [new("green", "green"), new("elevated", "yellow"), new("high", "orange"), new("critical", "red"), new("emergency", "dark-red")];

    private static readonly State[] _verdicts = [new("none", "green"), new("watch", "yellow"), new("warning", "orange"), new("critical", "red")];

    public static Board Board { get; } = new(
        "memory", "memory", "How close each silo is to its budget, what takes the memory, what the governor does about it, and whether something leaks.",
        [
            new Row("Pressure",
                new States("Level", "Of memory pressure: docs/operate/memory.md.", _levels, Query.BySilo("ingestion_memory_level{silo}")),
                new Graph("Share of the budget", "Levels begin at 0.78, 0.88, 0.98 and 1.08.", Units.Share,
                    Query.BySilo("ingestion_memory_usage_bytes{silo} / ingestion_memory_limit_bytes{silo}")) { Limit = 0.98 },
                new Graph("Slope", "By how much RSS rises in a second, over ten seconds.", Units.BytesPerSecond,
                    Query.BySilo("ingestion_memory_slope_bytes_per_second{silo}")) { Signed = true },
                new Graph("Cause", "What takes most of the memory of a silo under pressure.", Units.Count,
                    new Query("sum by (ingestion_memory_cause) (ingestion_memory_cause{silo})", "{{ingestion_memory_cause}}")) { Stacked = true }),
            new Row("Resident memory",
                new Graph("RSS and budget", "What the silo takes, and what it may take.", Units.Bytes,
                    Query.BySilo("ingestion_memory_usage_bytes{silo}"), new Query("max(ingestion_memory_limit_bytes{silo})", "budget")),
                new Graph("Anonymous", "Of it, what goes only when the silo gives it back.", Units.Bytes,
                    Query.BySilo("ingestion_memory_anonymous_usage_bytes{silo}")),
                new Graph("Files", "Of it, pages of files, which the kernel can drop.", Units.Bytes, Query.BySilo("ingestion_memory_file_usage_bytes{silo}")),
                new Graph("Media tools", "Beside the silo, in the limit of its container.", Units.Bytes,
                    Query.BySilo("ingestion_memory_tool_usage_bytes{silo}"))),
            new Row("Managed heap",
                new Graph("Committed", "What the heap holds from the system.", Units.Bytes, Query.BySilo("ingestion_memory_heap_committed_bytes{silo}")),
                new Graph("Live", "Objects that survived the last collection.", Units.Bytes, Query.BySilo("ingestion_memory_heap_live_bytes{silo}")),
                new Graph("Fragmented", "Holes between them.", Units.Bytes, Query.BySilo("ingestion_memory_heap_fragmented_bytes{silo}")),
                new Graph("Grains", "What activations take, estimated from their classes.", Units.Bytes,
                    Query.BySilo("sum by (instance) (ingestion_grain_usage_bytes{silo})"))),
            new Row("What the governor does",
                new Graph("Actions", "By kind, a second.", Units.PerSecond, Query.Rate("ingestion_memory_action_completed_total", "ingestion_memory_action")),
                new Graph("Predicted", "Bytes that actions were expected to free, a second.", Units.BytesPerSecond,
                    Query.Rate("ingestion_memory_action_predicted_bytes_total", "ingestion_memory_action")),
                new Graph("Real", "Bytes by which RSS had fallen a second after them, a second.", Units.BytesPerSecond,
                    Query.Rate("ingestion_memory_action_released_bytes_total", "ingestion_memory_action")),
                new Graph("Pauses", "Share of the time for which its collections stop a silo; at most 1 % of a minute.", Units.Share,
                    Query.BySilo("rate(ingestion_memory_pause_time_seconds_total{silo}[$__rate_interval])")) { Limit = 0.01 }),
            new Row("Idle grains",
                new Graph("Active", "Activations by class.", Units.Count,
                    new Query("sum by (ingestion_grain_type) (ingestion_grain_active{silo})", "{{ingestion_grain_type}}")) { Stacked = true },
                new Graph("Idle", "Those that could be deactivated.", Units.Count,
                    new Query("sum by (ingestion_grain_type) (ingestion_grain_idle{silo})", "{{ingestion_grain_type}}")) { Stacked = true },
                new Graph("Shed and back", "Deactivated to free memory, and back within a minute, a second.", Units.PerSecond,
                    Query.Rate("ingestion_grain_shed_total", legend: "shed"), Query.Rate("ingestion_grain_returned_total", legend: "back")),
                new Graph("Regret", "Share of the shed ones that came back: above 0.1 shedding does harm.", Units.Share,
                    Query.BySilo("ingestion_grain_regret{silo}")) { Limit = 0.1 }),
            new Row("Leaks",
                new States("Verdict on managed memory", "What the growth of the floor means.", _verdicts,
                    Query.BySilo("ingestion_memory_leak{silo, ingestion_memory_kind=\"managed\"}")),
                new States("Verdict on native memory", "What the growth of the floor means.", _verdicts,
                    Query.BySilo("ingestion_memory_leak{silo, ingestion_memory_kind=\"native\"}")),
                new Graph("Floor", "What remained when memory was reclaimed last.", Units.Bytes,
                    new Query("ingestion_memory_floor_usage_bytes{silo}", "{{instance}} {{ingestion_memory_kind}}")),
                new Graph("Growth of the floor", "In an hour. 10 MiB: watch, 50: warning, 100: critical.", Units.Bytes,
                    new Query("3600 * ingestion_memory_floor_growth_bytes_per_second{silo}", "{{instance}} {{ingestion_memory_kind}}"))
                {
                    Limit = 50 * 1024 * 1024,
                    Signed = true,
                }),
            new Row("What it costs users",
                new Graph("Refused", "Requests refused by silos at level 3 and more, by what they would have begun.", Units.PerSecond,
                    Query.Rate("ingestion_memory_refused_total", "ingestion_memory_work")),
                new Graph("Recycled", "Silos that run after they had recycled themselves, by reason.", Units.Count,
                    new Query("sum by (ingestion_silo_recycle_reason) (ingestion_silo_recycles_total{silo})", "{{ingestion_silo_recycle_reason}}")),
                new Graph("Given back by quiet silos", "Resident memory that was returned to the system after a load.", Units.BytesPerSecond,
                    Query.Rate("ingestion_memory_reclaim_released_bytes_total", legend: "given back")),
                new Graph("How often", "Times that quiet silos gave memory back, a second.", Units.PerSecond,
                    Query.Rate("ingestion_memory_reclaim_completed_total", legend: "times"))),
        ]);
}
