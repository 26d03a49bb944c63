namespace Ingestion.Dashboards.Boards;

/// <summary>What is wrong, in ten seconds.</summary>
internal static class Overview
{
    public static Board Board { get; } = new(
        "overview", "overview", "What is wrong, and where to look: alerts, what users see, work that waits, silos, and what they need.",
        [
            new Row("Now",
                new Number("Alerts", "Alerts that fire. The table below names them; each names its runbook.", Units.Count,
                    new Query("count(ALERTS{alertstate=\"firing\", service=\"ingestion\"}) or vector(0)", "alerts")) { Limit = 1 },
                new Number("Silos that answer", "Silos that Prometheus reaches.", Units.Count, new Query("sum(up{silo})", "silos")),
                new Number("Memory level", "Of the silo that is worst: 0 green, 1 elevated, 2 high, 3 critical (refuses new work), 4 emergency.", Units.None,
                    new Query("max(ingestion_memory_level{silo})", "level")) { Warning = 1, Limit = 3 },
                new Number("Uploads under way", "In all silos.", Units.Count, new Query("sum(ingestion_upload_active{silo})", "uploads")),
                new Number("Sockets", "Open WebSockets in all silos.", Units.Count, new Query("sum(ingestion_socket_active{silo})", "sockets")),
                new Number("Oldest job", "How long the oldest job has waited or run.", Units.Seconds,
                    new Query("max(ingestion_job_oldest_age_seconds{silo})", "age")) { Warning = 300, Limit = 900 }) { Height = 4 },
            new Row("What is wrong",
                new Table("Alerts that fire", "From the rules in deploy/prometheus. Runbooks: docs/operate/runbooks.", ["alertname", "severity", "instance"],
                    new Query("ALERTS{alertstate=\"firing\", service=\"ingestion\"}", ""))) { Height = 6 },
            new Row("What users see",
                new Graph("Requests by status", "Answers of the API a second. Probes and scrapes are not among them.", Units.PerSecond,
                    Query.Rate("http_server_request_duration_seconds_count", "http_response_status_code")) { Stacked = true },
                new Graph("Share of failed requests", "Answers 5xx; more than 0.1 % in 30 days is more than the objective allows.", Units.Share,
                    new Query(
                        "(sum(rate(http_server_request_duration_seconds_count{silo, http_response_status_code=~\"5..\"}[$__rate_interval])) or vector(0)) "
                        + "/ sum(rate(http_server_request_duration_seconds_count{silo}[$__rate_interval]))",
                        "failed")) { Limit = 0.01 },
                new Graph("Live status, from event to acknowledgement", "95 of 100 within 500 ms, in each lane.", Units.Seconds,
                    Query.Quantile(0.95, "ingestion_message_latency_seconds", "ingestion_socket_lane")) { Limit = 0.5 }),
            new Row("Work",
                new Graph("Uploads", "Finished, refused and expired uploads a second.", Units.PerSecond,
                    Query.Rate("ingestion_upload_completed_total", legend: "completed"),
                    Query.Rate("ingestion_upload_refused_total", legend: "refused"),
                    Query.Rate("ingestion_upload_expired_total", legend: "expired")),
                new Graph("Jobs", "Jobs that wait or are worked on.", Units.Count, new Query("max(ingestion_job_backlog{silo})", "pending")),
                new Graph("Webhooks", "Webhooks whose last attempt failed, of users who are active.", Units.Count,
                    new Query("sum(ingestion_webhook_failing{silo})", "failing"))),
            new Row("Silos",
                new Graph("Memory, share of the budget", "Levels begin at 0.78, 0.88, 0.98 and 1.08.", Units.Share,
                    Query.BySilo("ingestion_memory_usage_bytes{silo} / ingestion_memory_limit_bytes{silo}")) { Limit = 0.98 },
                new Graph("CPU", "Cores that each silo uses, without its media tools.", Units.None,
                    Query.BySilo("sum by (instance) (rate(process_cpu_time_seconds_total{silo}[$__rate_interval]))")),
                new Graph("Members", "Silos of the cluster, by status, as any of them sees them.", Units.Count,
                    new Query("max by (ingestion_silo_status) (ingestion_cluster_silos{silo})", "{{ingestion_silo_status}}"))),
            new Row("What they need",
                new Graph("Object store", "Requests that failed and were sent again, a second.", Units.PerSecond,
                    Query.Rate("ingestion_store_request_retried_total", "ingestion_store_operation")),
                new Graph("Away", "For how long the object store, the job queue or the database can't be used.", Units.Seconds,
                    new Query("max(ingestion_store_outage_age_seconds{silo})", "object store"),
                    new Query("max(ingestion_job_queue_outage_age_seconds{silo})", "job queue"),
                    new Query("max(ingestion_database_outage_age_seconds{silo})", "database")) { Limit = 60 },
                new Graph("Database", "Reads and writes that wait for a connection.", Units.Count,
                    new Query("sum by (ingestion_database_pool) (ingestion_database_connection_waiting{silo})", "{{ingestion_database_pool}}"))),
        ]);
}
