namespace Ingestion.Dashboards.Boards;

/// <summary>Uploads, and why some are refused.</summary>
internal static class Uploads
{
    private const string UploadRoutes = "http_route=~\"/?api/(uploads|videos).*\"";

    public static Board Board { get; } = new(
        "uploads", "uploads", "How many uploads there are, how fast bytes come in, what waits for memory, and what is refused, by reason.",
        [
            new Row("Uploads",
                new Graph("Under way", "Uploads that are open, by silo.", Units.Count, Query.BySilo("ingestion_upload_active{silo}")),
                new Graph("Ended", "Uploads that became videos, and unfinished ones that expired, a second.", Units.PerSecond,
                    Query.Rate("ingestion_upload_completed_total", legend: "completed"),
                    Query.Rate("ingestion_upload_expired_total", legend: "expired")),
                new Graph("Refused", "By the code of the error: docs/use/errors.md.", Units.PerSecond,
                    Query.Rate("ingestion_upload_refused_total", "error_type")) { Stacked = true }),
            new Row("Bytes",
                new Graph("Received", "Bytes of files from clients, by silo.", Units.BytesPerSecond,
                    Query.BySilo("rate(ingestion_upload_io_bytes_total{silo}[$__rate_interval])")) { Stacked = true },
                new Graph("Joined", "Bytes of pieces copied into joined uploads.", Units.BytesPerSecond,
                    Query.Rate("ingestion_upload_join_io_bytes_total", legend: "joined")),
                new Graph("Removed", "Unfinished uploads that the janitor removed from the store.", Units.PerSecond,
                    Query.Rate("ingestion_upload_orphan_removed_total", legend: "removed"))),
            new Row("Buffers",
                new Graph("Memory of parts", "Share of the budget of upload buffers that is taken.", Units.Share,
                    Query.BySilo("ingestion_upload_buffer_usage_bytes{silo} / ingestion_upload_buffer_limit_bytes{silo}")) { Limit = 1 },
                new Graph("Parts that wait", "Above 0 for minutes: clients are faster than the store, or the buffers are small.", Units.Count,
                    Query.BySilo("ingestion_upload_part_waiting{silo}")),
                new Graph("Staged on disk", "Bytes of parts of slow clients in staging files.", Units.Bytes,
                    Query.BySilo("ingestion_upload_staging_usage_bytes{silo}")),
                new Graph("Parts staged", "Parts written to staging files, a second.", Units.PerSecond,
                    Query.BySilo("rate(ingestion_upload_part_staged_total{silo}[$__rate_interval])"))),
            new Row("Disks of silos",
                new Graph("Free", "Of the disk that a folder is on.", Units.Bytes,
                    new Query("ingestion_disk_free_bytes{silo}", "{{instance}} {{ingestion_disk_folder}}")),
                new Graph("Share that is free", "Below 0.1 there is an alert.", Units.Share,
                    new Query("ingestion_disk_free_bytes{silo} / ingestion_disk_limit_bytes{silo}", "{{instance}} {{ingestion_disk_folder}}"))),
            new Row("Refused before they begin",
                new Graph("By a rate limit", "By policy.", Units.PerSecond, Query.Rate("ingestion_ratelimit_refused_total", "ingestion_ratelimit_policy")),
                new Graph("By the number of connections", "any, or lasting (WebSockets and event streams).", Units.PerSecond,
                    Query.Rate("ingestion_connection_refused_total", "ingestion_connection_kind")),
                new Graph("By memory", "Uploads and subscribers refused by silos at level 3 and more.", Units.PerSecond,
                    Query.Rate("ingestion_memory_refused_total", "ingestion_memory_work")),
                new Graph("By token", "Tokens and tickets refused, by reason.", Units.PerSecond, Query.Rate("ingestion_token_refused_total", "error_type"))),
            new Row("Requests",
                new Graph("Duration, p95", "Of the addresses of uploads and videos, the bytes of the client included.", Units.Seconds,
                    new Query(
                        $"histogram_quantile(0.95, sum by (http_route, le) (rate(http_server_request_duration_seconds_bucket{{silo, {UploadRoutes}}}"
                        + "[$__rate_interval])))",
                        "{{http_route}}")),
                new Graph("Requests", "By address, a second.", Units.PerSecond,
                    new Query(
                        $"sum by (http_route) (rate(http_server_request_duration_seconds_count{{silo, {UploadRoutes}}}[$__rate_interval]))",
                        "{{http_route}}"))),
        ]);
}
