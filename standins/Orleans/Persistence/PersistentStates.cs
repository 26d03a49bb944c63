using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers;
using Orleans.Storage;

namespace Orleans.Runtime;

/// <summary>Makes the records that grain constructors ask for.</summary>
internal sealed class PersistentStates : IPersistentStateFactory
{
    private static readonly MethodInfo s_create = typeof(IPersistentStateFactory).GetMethod(nameof(IPersistentStateFactory.Create))!;
    private static readonly ConcurrentDictionary<Type, MethodInfo> s_createOf = new();

    public static object Create(IServiceProvider services, IGrainContext context, Type parameterType, IPersistentStateConfiguration configuration)
    {
        if (!parameterType.IsGenericType || parameterType.GetGenericTypeDefinition() != typeof(IPersistentState<>))
            throw new ArgumentException($"A [PersistentState] parameter is an IPersistentState<T>, not {parameterType}.");

        var create = s_createOf.GetOrAdd(parameterType, static type => s_create.MakeGenericMethod(type.GetGenericArguments()));
        return create.Invoke(services.GetRequiredService<IPersistentStateFactory>(), BindingFlags.DoNotWrapExceptions, null, [context, configuration], null)!;
    }

    public IPersistentState<TState> Create<TState>(IGrainContext context, IPersistentStateConfiguration config)
    {
        var services = context.ActivationServices;
        var storage = string.IsNullOrWhiteSpace(config.StorageName)
            ? services.GetService<IGrainStorage>()
            : services.GetKeyedService<IGrainStorage>(config.StorageName);
        if (storage is null)
            throw new BadProviderConfigException($"No storage provider named \"{config.StorageName ?? ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME}\" found while creating {context.GrainId}.");

        var state = new PersistentState<TState>(config.StateName, context, storage);
        context.ObservableLifecycle.Subscribe(typeof(TState).FullName!, GrainLifecycleStage.SetupState, state);
        context.ObservableLifecycle.AddMigrationParticipant(state);
        return state;
    }
}

/// <summary>The record of a <see cref="Grain{TGrainState}"/> is named after the class.</summary>
internal sealed class ClassStateConfiguration(Type grainType) : IPersistentStateConfiguration
{
    public string StateName => grainType.FullName!;

    public string? StorageName => grainType.GetCustomAttribute<StorageProviderAttribute>()?.ProviderName;

    public static ClassStateConfiguration Of(Type grainType) => new(grainType);
}
