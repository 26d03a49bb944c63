using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Orleans.Runtime;

/// <summary>What is known of one grain class: its name, interfaces and attributes.</summary>
internal sealed class GrainClass
{
    private readonly ParameterInfo[] _parameters;
    private readonly ConstructorInvoker _constructor;

    public GrainClass(Type type)
    {
        Type = type;
        GrainType = type.GetCustomAttribute<GrainTypeAttribute>()?.GrainType ?? GrainType.Create(NameOf(type));
        Type[] interfaces = [.. type.GetInterfaces().Where(IsGrainInterface)];
        Interfaces = interfaces;
        PrimaryInterface = Array.Find(interfaces, i => i.Namespace?.StartsWith("Orleans", StringComparison.Ordinal) != true)
            ?? (interfaces is [var first, ..] ? first : typeof(IAddressable));
        Placement = type.GetCustomAttribute<PlacementAttribute>()?.PlacementStrategy;
        Filters = [.. type.GetCustomAttributes<PlacementFilterAttribute>().Select(a => a.PlacementFilterStrategy).OrderBy(f => f.Order)];
        CollectionAge = AgeOf(type);
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute));
        var constructor = ConstructorOf(type);
        _parameters = constructor.GetParameters();
        _constructor = ConstructorInvoker.Create(constructor);
    }

    public Type Type { get; }

    public GrainType GrainType { get; }

    public IReadOnlyList<Type> Interfaces { get; }

    /// <summary>The interface a reference has that was made without one.</summary>
    public Type PrimaryInterface { get; }

    /// <summary>Null: the silo's default.</summary>
    public PlacementStrategy? Placement { get; }

    public IReadOnlyList<PlacementFilterStrategy> Filters { get; }

    /// <summary>Null: the silo's default. MaxValue: never idle.</summary>
    public TimeSpan? CollectionAge { get; }

    public bool IsReentrant { get; }

    public object CreateInstance(Activation activation)
    {
        var arguments = new object?[_parameters.Length];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = ArgumentFor(_parameters[i], activation);

        return _constructor.Invoke(arguments.AsSpan())!;
    }

    public static bool IsGrainClass(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false } && typeof(IGrainBase).IsAssignableFrom(type);

    private static bool IsGrainInterface(Type type) => typeof(IAddressable).IsAssignableFrom(type) && GrainInterface.MethodsOf(type).Any();

    private static string NameOf(Type type)
    {
        var name = type.Name.ToLowerInvariant();
        return name.Length > 5 && name.EndsWith("grain", StringComparison.Ordinal) ? name[..^5] : name;
    }

    private static TimeSpan? AgeOf(Type type) =>
        type.IsDefined(typeof(KeepAliveAttribute)) ? TimeSpan.MaxValue : type.GetCustomAttribute<CollectionAgeLimitAttribute>()?.AgeLimit;

    private static ConstructorInfo ConstructorOf(Type type)
    {
        var constructors = type.GetConstructors();
        return constructors.FirstOrDefault(c => c.IsDefined(typeof(ActivatorUtilitiesConstructorAttribute)))
            ?? constructors.MaxBy(c => c.GetParameters().Length)
            ?? throw new InvalidOperationException($"{type} has no public constructor.");
    }

    private static object? ArgumentFor(ParameterInfo parameter, Activation activation)
    {
        var services = activation.ActivationServices;
        if (parameter.GetCustomAttribute<PersistentStateAttribute>() is { } state)
            return PersistentStates.Create(services, activation, parameter.ParameterType, state);
        if (parameter.ParameterType == typeof(IGrainContext))
            return activation;
        if (parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed)
            return ((IKeyedServiceProvider)services).GetRequiredKeyedService(parameter.ParameterType, keyed.Key);

        return parameter.HasDefaultValue
            ? services.GetService(parameter.ParameterType) ?? parameter.DefaultValue
            : services.GetRequiredService(parameter.ParameterType);
    }
}
