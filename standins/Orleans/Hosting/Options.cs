using System.Net;

namespace Orleans.Configuration
{
    /// <summary>Names of the cluster and the service.</summary>
    public class ClusterOptions
    {
        public string ClusterId { get; set; } = "default";

        public string ServiceId { get; set; } = "default";
    }

    internal sealed class SiloOptions
    {
        /// <summary>Null: a name is made up.</summary>
        public string? SiloName { get; set; }
    }

    /// <summary>Where a silo would listen. Here only a name: nothing listens.</summary>
    internal sealed class EndpointOptions
    {
        public const int DEFAULT_SILO_PORT = 11111;
        public const int DEFAULT_GATEWAY_PORT = 30000;

        public IPAddress AdvertisedIPAddress { get; set; } = IPAddress.Loopback;

        public int SiloPort { get; set; } = DEFAULT_SILO_PORT;

        public int GatewayPort { get; set; } = DEFAULT_GATEWAY_PORT;
    }

    /// <summary>When idle activations end.</summary>
    public class GrainCollectionOptions
    {
        public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

        public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

        internal TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

        internal TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(30);
    }

    public abstract class MessagingOptions
    {
        private protected MessagingOptions() { }

        /// <summary>How long a caller waits for an answer.</summary>
        public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

        /// <summary>Whether the callee's token is cancelled when the caller has stopped waiting.</summary>
        public bool CancelRequestOnTimeout { get; set; }
    }

    public class SiloMessagingOptions : MessagingOptions
    {
        /// <summary>How often a call that finds its activation gone is sent on to the next one.</summary>
        public int MaxForwardCount { get; set; } = 2;
    }

    public class ClientMessagingOptions : MessagingOptions;
}

namespace Orleans.Hosting
{
    public sealed class ReminderOptions
    {
        public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);

        public TimeSpan RefreshReminderListPeriod { get; set; } = TimeSpan.FromMinutes(5);
    }
}
