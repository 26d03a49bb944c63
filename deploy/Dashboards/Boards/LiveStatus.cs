namespace Ingestion.Dashboards.Boards;

/// <summary>WebSockets and what goes through them.</summary>
internal static class LiveStatus
{
    public static Board Board { get; } = new(
        "live-status", "live status", "Connections by silo and role, how fast events arrive, churn, errors of sending, and the health of the sockets.",
        [
            new Row("Connections",
                new Graph("Sockets by silo", "Open WebSockets.", Units.Count, Query.BySilo("ingestion_socket_active{silo}")) { Stacked = true },
                new Graph("Sockets by role", "By role of their user, in all silos; a user with two roles counts in both.", Units.Count,
                    new Query("sum by (ingestion_socket_role) (ingestion_socket_role_active{silo})", "{{ingestion_socket_role}}")),
                new Graph("Sockets in broadcast channels", "By kind of channel.", Units.Count,
                    new Query("sum by (ingestion_broadcast_channel) (ingestion_broadcast_listener_active{silo})", "{{ingestion_broadcast_channel}}")),
                new Graph("Connections of clients", "All of them: requests, event streams and WebSockets.", Units.Count,
                    Query.BySilo("ingestion_connection_active{silo}"))),
            new Row("From event to acknowledgement",
                new Graph("p95 by lane", "p0: final states, p1: other states, p2: progress. Above 500 ms users see it.", Units.Seconds,
                    Query.Quantile(0.95, "ingestion_message_latency_seconds", "ingestion_socket_lane")) { Limit = 0.5 },
                new Graph("p99 by lane", "The slowest of a hundred.", Units.Seconds,
                    Query.Quantile(0.99, "ingestion_message_latency_seconds", "ingestion_socket_lane")),
                new Graph("p95 by silo", "One silo that is slower than the others has more to do, or less to do it with.", Units.Seconds,
                    Query.Quantile(0.95, "ingestion_message_latency_seconds", "instance")) { Limit = 0.5 },
                new Graph("Acknowledged", "Events that clients acknowledged, a second.", Units.PerSecond,
                    Query.Rate("ingestion_message_latency_seconds_count", "ingestion_socket_lane"))),
            new Row("Churn",
                new Graph("Churn", "Sockets that open or close a second, by silo.", Units.PerSecond, Query.BySilo("ingestion_socket_churn_per_second{silo}")),
                new Graph("Opened and refused", "Refused: too many came at once.", Units.PerSecond,
                    Query.Rate("ingestion_socket_opened_total", legend: "opened"), Query.Rate("ingestion_socket_refused_total", legend: "refused")),
                new Graph("Closed by the silo", "By close code: docs/use/status.md.", Units.PerSecond,
                    Query.Rate("ingestion_socket_closed_total", "ingestion_socket_close_code")) { Stacked = true },
                new Graph("Share that opens in a minute", "More than 5 % of all sockets: clients lose their connections.", Units.Share,
                    new Query(
                        "60 * sum(rate(ingestion_socket_opened_total{silo}[$__rate_interval])) / sum(ingestion_socket_active{silo})",
                        "opened")) { Limit = 0.05 }),
            new Row("Sending",
                new Graph("Messages by lane", "Sent to clients, a second.", Units.PerSecond,
                    Query.Rate("ingestion_socket_message_sent_total", "ingestion_socket_lane")) { Stacked = true },
                new Graph("Share not sent", "Of all messages, those whose connection was gone. More than 1 %: the network, or slow readers.", Units.Share,
                    new Query(
                        "(sum(rate(ingestion_socket_message_failed_total{silo}[$__rate_interval])) or vector(0)) "
                        + "/ sum(rate(ingestion_socket_message_sent_total{silo}[$__rate_interval]))",
                        "not sent")) { Limit = 0.01 },
                new Graph("Broadcasts", "Each silo sends a broadcast to its own sockets.", Units.PerSecond,
                    Query.BySilo("rate(ingestion_broadcast_sent_total{silo}[$__rate_interval])"))),
            new Row("Health of the sockets",
                new Graph("Waiting for slow readers", "Share of what may wait in sockets.", Units.Share,
                    Query.BySilo("ingestion_socket_queue_usage_bytes{silo} / ingestion_socket_queue_limit_bytes{silo}")) { Limit = 0.9 },
                new Graph("Age of the clock", "The clock of the sockets ticks each second, and a scrape is 15 s old at most.", Units.Seconds,
                    Query.BySilo("time() - ingestion_socket_heartbeat_timestamp_seconds{silo}")) { Limit = 30 },
                new Graph("Imbalance", "Sockets of a silo, of the average of all. Above 1.2 a silo moves sockets away.", Units.None,
                    Query.BySilo("ingestion_socket_active{silo} / scalar(avg(ingestion_socket_active{silo}))")) { Limit = 1.2 },
                new Graph("Moved", "Sockets closed so that they reconnect where there is more room, by reason.", Units.PerSecond,
                    Query.Rate("ingestion_socket_moved_total", "ingestion_move_reason"))),
        ]);
}
