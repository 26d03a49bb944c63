using System.Reflection;

namespace Ingestion.Grains.Silos.Shedding;

/// <summary>A grain class of this project.</summary>
/// <param name="Index">Its place among the classes of which there has been an activation.</param>
/// <param name="Name">As Orleans names it in a grain's id.</param>
/// <param name="Declared">What an activation is worth.</param>
internal sealed record ActivationType(int Index, string Name, ReclaimableAttribute Declared)
{
    /// <summary>Null for a class that is not ours. Once a class, not once an activation.</summary>
    public static ReclaimableAttribute? DeclaredBy(Type grain) => grain.GetCustomAttribute<ReclaimableAttribute>(inherit: false);
}

/// <summary>The activations of one grain class in this silo.</summary>
/// <param name="Type">The class, as Orleans names it in a grain's id.</param>
/// <param name="Activations">All of them.</param>
/// <param name="Idle">Without a call for ten seconds or more; 0 of a class that is never deactivated.</param>
/// <param name="EstimatedBytes">What all of them take, by the sizes that the class declares.</param>
internal readonly record struct ActivationsOfType(string Type, int Activations, int Idle, long EstimatedBytes);
