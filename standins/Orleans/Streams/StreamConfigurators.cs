using Orleans.Streams;

namespace Orleans.Streams
{
    /// <summary>Which subscribers a stream provider serves. The stand-in serves both kinds whatever is chosen.</summary>
    public enum StreamPubSubType
    {
        ExplicitGrainBasedAndImplicit = 0,
        ImplicitOnly = 2,
    }
}

namespace Orleans.Hosting
{
    public interface IPersistentStreamConfigurator;

    public interface IMemoryStreamConfigurator;

    /// <summary>Takes the settings of AddMemoryStreams. Streams here need no queues and no storage, so they change nothing.</summary>
    public interface ISiloMemoryStreamConfigurator : IMemoryStreamConfigurator, IPersistentStreamConfigurator;

    public static class PersistentStreamConfiguratorExtensions
    {
        public static void ConfigureStreamPubSub(this IPersistentStreamConfigurator configurator, StreamPubSubType pubsubType = StreamPubSubType.ExplicitGrainBasedAndImplicit)
        {
        }
    }

    public static class MemoryStreamConfiguratorExtensions
    {
        public static void ConfigurePartitioning(this IMemoryStreamConfigurator configurator, int numOfQueues = 8)
        {
        }
    }
}
