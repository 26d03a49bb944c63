namespace Ingestion.Dashboards.Boards;

/// <summary>Silos, as they see each other.</summary>
internal static class Cluster
{
    private static readonly State[] _answers = [new("no answer", "red"), new("up", "green")];

    public static Board Board { get; } = new(
        "cluster", "cluster", "Which silos there are, whether they reach each other, what was repeated because one went, and how evenly the load is spread.",
        [
            new Row("Members",
                new States("Scrapes", "Whether Prometheus reaches a silo.", _answers, Query.BySilo("up{silo}")),
                new Graph("Active silos as each one sees them", "Lines that differ for more than a minute: the silos do not agree.", Units.Count,
                    Query.BySilo("ingestion_cluster_silos{silo, ingestion_silo_status=\"active\"}")),
                new Graph("By status", "As any of them sees them.", Units.Count,
                    new Query("max by (ingestion_silo_status) (ingestion_cluster_silos{silo})", "{{ingestion_silo_status}}")),
                new Graph("Unreachable", "Active silos that do not answer this one.", Units.Count,
                    Query.BySilo("ingestion_cluster_silo_unreachable{silo}")) { Limit = 1 }),
            new Row("Builds",
                new Table("Builds", "Which build each silo runs. Two for longer than an upgrade takes: a silo was forgotten.",
                    ["instance", "service_version", "vcs_ref_head_revision"], new Query("ingestion_build_info{silo}", ""))) { Height = 6 },
            new Row("Certificates",
                new Graph("Time until the end", "By what a certificate is for: http (clients), silo (between silos), authority. Below 21 days there is an alert.",
                    Units.Seconds,
                    new Query(
                        "min by (instance, ingestion_certificate_use) (ingestion_certificate_remaining_seconds{silo})",
                        "{{instance}} {{ingestion_certificate_use}}")) { Signed = true }),
            new Row("Calls between silos",
                new Graph("Repeated", "Calls of grains that were repeated for their callers, by reason.", Units.PerSecond,
                    Query.Rate("ingestion_call_repeated_total", "ingestion_call_reason")),
                new Graph("Timed out", "Calls of grains that got no answer in time.", Units.PerSecond,
                    Query.BySilo("rate(orleans_app_requests_timedout_total{silo}[$__rate_interval])")),
                new Graph("Missed pings", "Probes of another silo that got no answer.", Units.PerSecond,
                    Query.BySilo("sum by (instance) (rate(orleans_messaging_pings_reply_missed_total{silo}[$__rate_interval]))")),
                new Graph("Lost messages", "Between silos, a second.", Units.PerSecond,
                    Query.Rate("orleans_messaging_expired_total", legend: "expired"),
                    Query.Rate("orleans_messaging_rejected_total", legend: "rejected"),
                    Query.Rate("orleans_messaging_sent_dropped_total", legend: "dropped"),
                    Query.Rate("orleans_messaging_sent_failed_total", legend: "failed"))),
            new Row("Balance",
                new Graph("Sockets", "Of a silo, of the average of all. Above 1.2 a silo moves sockets away.", Units.None,
                    Query.BySilo("ingestion_socket_active{silo} / scalar(avg(ingestion_socket_active{silo}))")) { Limit = 1.2 },
                new Graph("Grains", "Activations of a silo, of the average of all.", Units.None,
                    Query.BySilo(
                        "sum by (instance) (ingestion_grain_active{silo}) / scalar(avg(sum by (instance) (ingestion_grain_active{silo})))")),
                new Graph("CPU", "Cores that each silo uses, without its media tools.", Units.None,
                    Query.BySilo("sum by (instance) (rate(process_cpu_time_seconds_total{silo}[$__rate_interval]))")),
                new Graph("Moved sockets", "Closed so that they reconnect where there is more room, by reason.", Units.PerSecond,
                    Query.Rate("ingestion_socket_moved_total", "ingestion_move_reason"))),
            new Row("What silos report to each other",
                new Graph("Reported levels", "Other silos that reported their memory in the last five seconds, by level.", Units.Count,
                    new Query("max by (ingestion_memory_level) (ingestion_cluster_silo_reported{silo})", "{{ingestion_memory_level}}")) { Stacked = true },
                new Graph("Recycled", "Silos that run after they had recycled themselves, by reason.", Units.Count,
                    new Query("sum by (ingestion_silo_recycle_reason) (ingestion_silo_recycles_total{silo})", "{{ingestion_silo_recycle_reason}}")),
                new Graph("Long turns", "Turns of grains that held a thread for too long.", Units.PerSecond,
                    Query.BySilo("sum by (instance) (rate(orleans_scheduler_long_running_turns_total{silo}[$__rate_interval]))")),
                new Graph("Open files", "Of each silo, its connections among them.", Units.Count, Query.BySilo("process_unix_file_descriptor_count{silo}"))),
        ]);
}
