using System.Net;

namespace Orleans.Configuration
{
    /// <summary>Names of the cluster and the service.</summary>
    public class ClusterOptions
    {
        public const string DefaultClusterId = "default";
        public const string DefaultServiceId = "default";

        public string ClusterId { get; set; } = DefaultClusterId;

        public string ServiceId { get; set; } = DefaultServiceId;
    }

    public class SiloOptions
    {
        /// <summary>Null: a name is made up.</summary>
        public string? SiloName { get; set; }
    }

    /// <summary>Where a silo would listen. Here only a name: nothing listens.</summary>
    public class EndpointOptions
    {
        public const int DEFAULT_SILO_PORT = 11111;
        public const int DEFAULT_GATEWAY_PORT = 30000;

        public IPAddress AdvertisedIPAddress { get; set; } = IPAddress.Loopback;

        public int SiloPort { get; set; } = DEFAULT_SILO_PORT;

        public int GatewayPort { get; set; } = DEFAULT_GATEWAY_PORT;

        public IPEndPoint? SiloListeningEndpoint { get; set; }

        public IPEndPoint? GatewayListeningEndpoint { get; set; }
    }

    /// <summary>When idle activations end.</summary>
    public class GrainCollectionOptions
    {
        public static readonly TimeSpan DEFAULT_COLLECTION_QUANTUM = TimeSpan.FromMinutes(1);
        public static readonly TimeSpan DEFAULT_ACTIVATION_TIMEOUT = TimeSpan.FromSeconds(30);
        public static readonly TimeSpan DEFAULT_DEACTIVATION_TIMEOUT = TimeSpan.FromSeconds(30);

        public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

        /// <summary>By full class name.</summary>
        public Dictionary<string, TimeSpan> ClassSpecificCollectionAge { get; set; } = [];

        public TimeSpan CollectionQuantum { get; set; } = DEFAULT_COLLECTION_QUANTUM;

        public TimeSpan ActivationTimeout { get; set; } = DEFAULT_ACTIVATION_TIMEOUT;

        public TimeSpan DeactivationTimeout { get; set; } = DEFAULT_DEACTIVATION_TIMEOUT;

        /// <summary>Has no effect here.</summary>
        public bool EnableActivationSheddingOnMemoryPressure { get; set; }

        public double MemoryUsageLimitPercentage { get; set; } = 80;

        public double MemoryUsageTargetPercentage { get; set; } = 75;

        public TimeSpan MemoryUsagePollingPeriod { get; set; } = TimeSpan.FromSeconds(5);
    }

    public abstract class MessagingOptions
    {
        /// <summary>How long a caller waits for an answer.</summary>
        public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

        public TimeSpan ResponseTimeoutWithDebugger { get; set; } = TimeSpan.FromMinutes(30);

        /// <summary>Whether the callee's token is cancelled when the caller has stopped waiting.</summary>
        public bool CancelRequestOnTimeout { get; set; }

        public bool WaitForCancellationAcknowledgement { get; set; }

        public bool DropExpiredMessages { get; set; } = true;

        public int MaxMessageBodySize { get; set; } = 100 * 1024 * 1024;

        public int MaxMessageHeaderSize { get; set; } = 10 * 1024 * 1024;
    }

    public class SiloMessagingOptions : MessagingOptions
    {
        public TimeSpan SystemResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

        public TimeSpan MaxRequestProcessingTime { get; set; } = TimeSpan.FromHours(2);

        public TimeSpan ClientDropTimeout { get; set; } = TimeSpan.FromMinutes(1);
    }

    public class ClientMessagingOptions : MessagingOptions;

    public class SchedulingOptions
    {
        public TimeSpan ActivationSchedulingQuantum { get; set; } = TimeSpan.FromMilliseconds(100);

        public TimeSpan DelayWarningThreshold { get; set; } = TimeSpan.FromSeconds(10);

        public TimeSpan TurnWarningLengthThreshold { get; set; } = TimeSpan.FromSeconds(1);
    }

    public class LoadSheddingOptions
    {
        public bool LoadSheddingEnabled { get; set; }

        public int CpuThreshold { get; set; } = 95;

        public int MemoryThreshold { get; set; } = 90;
    }
}

namespace Orleans.Hosting
{
    public sealed class ReminderOptions
    {
        public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);

        public TimeSpan RefreshReminderListPeriod { get; set; } = TimeSpan.FromMinutes(5);

        public TimeSpan InitializationTimeout { get; set; } = TimeSpan.FromMinutes(5);
    }
}
