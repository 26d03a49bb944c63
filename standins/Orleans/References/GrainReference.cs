namespace Orleans.Runtime;

/// <summary>What all references to grains of one type through one interface share.</summary>
public sealed class GrainReferenceShared
{
    internal GrainReferenceShared(GrainType grainType, GrainInterface grainInterface, RuntimeClient client)
    {
        GrainType = grainType;
        Interface = grainInterface;
        Client = client;
    }

    internal GrainType GrainType { get; }

    internal GrainInterfaceType InterfaceType => Interface.InterfaceType;

    internal GrainInterface Interface { get; }

    /// <summary>Who made the reference. Calls out of a grain go through the grain's own silo instead.</summary>
    internal RuntimeClient Client { get; }
}

/// <summary>The base of all references. Equal when they name the same grain.</summary>
public class GrainReference : IAddressable, IEquatable<GrainReference>
{
    private readonly IdSpan _key;

    internal GrainReference(GrainReferenceShared shared, IdSpan key)
    {
        Shared = shared;
        _key = key;
    }

    internal GrainId GrainId => new(Shared.GrainType, _key);

    internal GrainInterfaceType InterfaceType => Shared.InterfaceType;

    internal GrainReferenceShared Shared { get; }

    public bool Equals(GrainReference? other) => other is not null && GrainId.Equals(other.GrainId);

    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    public override int GetHashCode() => GrainId.GetHashCode();

    public override string ToString() => $"GrainReference:{GrainId}:{InterfaceType}";

    public static bool operator ==(GrainReference? reference1, GrainReference? reference2) => reference1?.Equals(reference2) ?? reference2 is null;

    public static bool operator !=(GrainReference? reference1, GrainReference? reference2) => !(reference1 == reference2);

    internal object Cast(Type interfaceType) => interfaceType.IsInstanceOfType(this) ? this : Shared.Client.References.Create(GrainId, interfaceType);

    // The emitted classes call these three.

    internal Task<TResult> Call<TResult>(GrainRequest request) => CallSender.Send<TResult>(this, request);

    internal Task CallOneWay(GrainRequest request) => CallSender.SendOneWay(this, request);

    /// <summary>
    /// A grain that passes itself passes its reference: called directly, its methods would run outside of its turns.
    /// </summary>
    internal static TInterface? AsArgument<TInterface>(TInterface? argument) where TInterface : class => argument switch
    {
        null or GrainReference => argument,
        IGrainBase grain => (TInterface)grain.GrainContext.GrainReference.Cast(typeof(TInterface)),
        IGrainObserver => throw new NotSupportedException(
            $"IGrainObserver parameters must be GrainReference or Grain and cannot be type {argument.GetType()}. Did you forget to CreateObjectReference?"),
        _ => argument,
    };
}
