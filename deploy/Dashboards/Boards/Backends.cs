namespace Ingestion.Dashboards.Boards;

/// <summary>Database and object store.</summary>
internal static class Backends
{
    public static Board Board { get; } = new(
        "backends", "database and store", "Whether silos wait for the database or for the object store, and what fails there.",
        [
            new Row("Away",
                new Graph("Database", "For how long it has not answered, by silo.", Units.Seconds,
                    Query.BySilo("ingestion_database_outage_age_seconds{silo}")) { Limit = 60 },
                new Graph("Object store", "For how long it can't be used, by silo.", Units.Seconds,
                    Query.BySilo("ingestion_store_outage_age_seconds{silo}")) { Limit = 60 }),
            new Row("Connections to the database",
                new Graph("In use", "Share of the connections that a pool may have.", Units.Share,
                    new Query(
                        "sum by (instance, ingestion_database_pool) (ingestion_database_connection_open{silo, ingestion_database_connection_state=\"used\"}) "
                        + "/ sum by (instance, ingestion_database_pool) (ingestion_database_connection_limit{silo})",
                        "{{instance}} {{ingestion_database_pool}}")) { Limit = 0.9 },
                new Graph("Open", "By state.", Units.Count,
                    new Query(
                        "sum by (ingestion_database_connection_state) (ingestion_database_connection_open{silo})", "{{ingestion_database_connection_state}}")),
                new Graph("Waiting", "Reads and writes that wait for a connection now.", Units.Count,
                    new Query("sum by (ingestion_database_pool) (ingestion_database_connection_waiting{silo})", "{{ingestion_database_pool}}")),
                new Graph("Had to wait", "Reads and writes that had to wait for a connection, a second.", Units.PerSecond,
                    Query.Rate("ingestion_database_connection_waited_total", "ingestion_database_pool")),
                new Graph("Time spent waiting", "Seconds in each second, by all that wait: above 1 there is always one.", Units.None,
                    Query.Rate("ingestion_database_connection_wait_time_seconds_total", "ingestion_database_pool")) { Limit = 1 },
                new Graph("Waited in vain", "In the last hour; more than 0 is too many.", Units.Count,
                    new Query(
                        "sum by (ingestion_database_pool) (increase(ingestion_database_connection_timed_out_total{silo}[1h]))",
                        "{{ingestion_database_pool}}"))
                {
                    Limit = 1,
                }),
            new Row("States in the database",
                new Graph("Reads, p95", "Of a grain's state.", Units.Milliseconds, Query.Quantile(0.95, "orleans_storage_read_latency_milliseconds")),
                new Graph("Writes, p95", "Of a grain's state.", Units.Milliseconds, Query.Quantile(0.95, "orleans_storage_write_latency_milliseconds")),
                new Graph("Errors", "Reads and writes that failed, a second. A few are states that another activation had changed.", Units.PerSecond,
                    Query.Rate("orleans_storage_read_errors_total", legend: "reads"), Query.Rate("orleans_storage_write_errors_total", legend: "writes"))),
            new Row("Object store",
                new Graph("Requests", "That succeeded, by operation.", Units.PerSecond,
                    Query.Rate("ingestion_store_request_duration_seconds_count", "ingestion_store_operation")),
                new Graph("p95", "By operation, retries and pauses included.", Units.Seconds,
                    Query.Quantile(0.95, "ingestion_store_request_duration_seconds", "ingestion_store_operation")) { Limit = 2.5 },
                new Graph("Sent again", "Requests that failed and were repeated, by operation.", Units.PerSecond,
                    Query.Rate("ingestion_store_request_retried_total", "ingestion_store_operation")),
                new Graph("Share sent again", "Of all tries; more than 5 % is a store that is overloaded or half away.", Units.Share,
                    new Query(
                        "sum(rate(ingestion_store_request_retried_total{silo}[$__rate_interval])) / (sum(rate(ingestion_store_request_retried_total{silo}"
                        + "[$__rate_interval])) + sum(rate(ingestion_store_request_duration_seconds_count{silo}[$__rate_interval])))",
                        "again")) { Limit = 0.05 },
                new Graph("Parts at once", "Parts that may go to S3 at once: fewer while the store does not take them in time.", Units.Count,
                    Query.BySilo("ingestion_store_window_limit{silo}")),
                new Graph("Parts that wait", "For their turn to go to S3.", Units.Count, Query.BySilo("ingestion_store_window_waiting{silo}"))),
            new Row("HTTP to the outside",
                new Graph("Requests", "To store, queue, identity provider and webhooks, a second, by status.", Units.PerSecond,
                    Query.Rate("http_client_request_duration_seconds_count", "http_response_status_code")),
                new Graph("p95", "By status.", Units.Seconds, Query.Quantile(0.95, "http_client_request_duration_seconds", "http_response_status_code")),
                new Graph("Connections", "Open ones, by state.", Units.Count,
                    new Query("sum by (http_connection_state) (http_client_open_connections{silo})", "{{http_connection_state}}"))),
        ]);
}
