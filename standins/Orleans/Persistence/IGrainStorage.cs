namespace Orleans
{
    /// <summary>A grain's record on its way to or from storage.</summary>
    public interface IGrainState<T>
    {
        T? State { get; set; }

        string? ETag { get; set; }

        bool RecordExists { get; set; }
    }

    [GenerateSerializer]
    public sealed class GrainState<T> : IGrainState<T>
    {
        public GrainState() { }

        public GrainState(T? state) : this(state, null) { }

        public GrainState(T? state, string? eTag)
        {
            State = state;
            ETag = eTag;
        }

        [Id(0)]
        public T? State { get; set; }

        [Id(1)]
        public string? ETag { get; set; }

        [Id(2)]
        public bool RecordExists { get; set; }
    }
}

namespace Orleans.Core
{
    /// <summary>One record of a grain.</summary>
    public interface IStorage
    {
        /// <summary>The version last read or written; null when there is none.</summary>
        string? Etag { get; }

        bool RecordExists { get; }

        Task ClearStateAsync();

        Task WriteStateAsync();

        Task ReadStateAsync();
    }

    public interface IStorage<TState> : IStorage
    {
        TState State { get; set; }
    }
}

namespace Orleans.Runtime
{
    /// <summary>A record of a grain, injected through <see cref="PersistentStateAttribute"/> and read before OnActivateAsync.</summary>
    public interface IPersistentState<TState> : Core.IStorage<TState>;

    internal interface IPersistentStateConfiguration
    {
        string StateName { get; }

        string? StorageName { get; }
    }

    /// <summary>Marks a constructor parameter as a record of the grain, in the named storage or the default one.</summary>
    [AttributeUsage(AttributeTargets.Parameter)]
    public class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute, IPersistentStateConfiguration
    {
        string IPersistentStateConfiguration.StateName => stateName;

        string? IPersistentStateConfiguration.StorageName => storageName;
    }

    internal interface IPersistentStateFactory
    {
        IPersistentState<TState> Create<TState>(IGrainContext context, IPersistentStateConfiguration config);
    }
}

namespace Orleans.Providers
{
    /// <summary>The storage of a <see cref="Grain{TGrainState}"/>.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class StorageProviderAttribute : Attribute
    {
        public string ProviderName { get; set; } = ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME;
    }

    internal static class ProviderConstants
    {
        public const string DEFAULT_STORAGE_PROVIDER_NAME = "Default";
    }
}

namespace Orleans.Storage
{
    using Orleans.Runtime;

    /// <summary>Keeps the records of grains. A write or clear whose ETag is not the stored one throws <see cref="InconsistentStateException"/>.</summary>
    public interface IGrainStorage
    {
        Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

        Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

        Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);
    }

    /// <summary>The stored record is not the one that was read. An activation that lets it escape is deactivated.</summary>
    public class InconsistentStateException : OrleansException
    {
        public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag) : base(errorMsg)
        {
            StoredEtag = storedEtag;
            CurrentEtag = currentEtag;
        }

        public string? StoredEtag { get; }

        public string? CurrentEtag { get; }

        /// <summary>False once it has deactivated its activation: callers it passes on the way keep theirs.</summary>
        internal bool IsSourceActivation { get; set; } = true;

        public override string ToString() => $"{base.ToString()} StoredEtag={StoredEtag} CurrentEtag={CurrentEtag}";
    }

    /// <summary>A provider is missing or wrongly configured.</summary>
    public sealed class BadProviderConfigException : OrleansException
    {
        internal BadProviderConfigException(string msg) : base(msg) { }
    }
}
