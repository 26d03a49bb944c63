using System.Collections.Concurrent;

namespace Orleans.Runtime;

/// <summary>The grain factory of one silo or client.</summary>
internal sealed class GrainFactory(RuntimeClient client) : IClusterClient
{
    private readonly ConcurrentDictionary<(Type Interface, string? Prefix), GrainReferenceShared> _byInterface = new();

    public IServiceProvider ServiceProvider => client.Services;

    public T GetGrain<T>(string primaryKey, string? grainClassNamePrefix = null) where T : IGrainWithStringKey
    {
        ArgumentNullException.ThrowIfNull(primaryKey);
        if (string.IsNullOrWhiteSpace(primaryKey))
            throw new ArgumentException("A grain key must not be empty.", nameof(primaryKey));

        return (T)(object)Create(typeof(T), IdSpan.Create(primaryKey), grainClassNamePrefix);
    }

    public T GetGrain<T>(Guid primaryKey, string? grainClassNamePrefix = null) where T : IGrainWithGuidKey =>
        (T)(object)Create(typeof(T), GrainIdKeyExtensions.CreateGuidKey(primaryKey), grainClassNamePrefix);

    public T GetGrain<T>(long primaryKey, string? grainClassNamePrefix = null) where T : IGrainWithIntegerKey =>
        (T)(object)Create(typeof(T), GrainIdKeyExtensions.CreateIntegerKey(primaryKey), grainClassNamePrefix);

    public T GetGrain<T>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null) where T : IGrainWithGuidCompoundKey =>
        (T)(object)Create(typeof(T), GrainIdKeyExtensions.CreateGuidKey(primaryKey, keyExtension), grainClassNamePrefix);

    public T GetGrain<T>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null) where T : IGrainWithIntegerCompoundKey =>
        (T)(object)Create(typeof(T), GrainIdKeyExtensions.CreateIntegerKey(primaryKey, keyExtension), grainClassNamePrefix);

    public T GetGrain<T>(GrainId grainId) where T : IAddressable => (T)(object)client.References.Create(grainId, typeof(T));

    public IAddressable GetGrain(GrainId grainId) => client.References.CreateFor(grainId);

    public T CreateObjectReference<T>(IGrainObserver obj) where T : IGrainObserver => (T)(object)client.Observers.Add(obj, typeof(T));

    public void DeleteObjectReference<T>(IGrainObserver obj) where T : IGrainObserver => client.Observers.Remove(obj);

    private GrainReference Create(Type interfaceType, IdSpan key, string? prefix)
    {
        if (!_byInterface.TryGetValue((interfaceType, prefix), out var shared))
        {
            var grainType = client.Cluster.GrainTypes.Resolve(interfaceType, prefix);
            shared = _byInterface.GetOrAdd((interfaceType, prefix), client.References.Shared(grainType, interfaceType));
        }

        return shared.Interface.NewReference(shared, key);
    }
}
