namespace Orleans.Runtime;

/// <summary>The names of what can be called without being a grain.</summary>
internal static class WellKnownGrainTypes
{
    /// <summary>An observer. Its key is its owner's name, "+", a Guid.</summary>
    public static readonly GrainType Observer = GrainType.Create("sys.client");

    /// <summary>A grain service. Its key is its silo's address.</summary>
    public static GrainId GrainService(Type serviceInterface, SiloAddress silo) =>
        GrainId.Create($"sys.svc.user.{serviceInterface.FullName}", silo.ToParsableString());
}
