namespace Orleans.Runtime.Placement
{
    /// <summary>Chooses the silo of a new activation.</summary>
    public interface IPlacementDirector
    {
        /// <summary>The request context key under which a caller, or a migrating grain, can name the silo it wants.</summary>
        public const string PlacementHintKey = nameof(PlacementHintKey);

        Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context);

        internal static SiloAddress? GetPlacementHint(Dictionary<string, object> requestContextData, SiloAddress[] compatibleSilos) =>
            requestContextData.TryGetValue(PlacementHintKey, out var value)
            && value is SiloAddress hint
            && compatibleSilos.Contains(hint)
                ? hint
                : null;
    }

    /// <summary>What a director may choose from.</summary>
    public interface IPlacementContext
    {
        internal SiloAddress LocalSilo { get; }

        /// <summary>The active silos that the class's filters let pass. Never empty.</summary>
        SiloAddress[] GetCompatibleSilos(PlacementTarget target);
    }

    /// <summary>What is to be placed.</summary>
    public readonly struct PlacementTarget
    {
        internal PlacementTarget(GrainId grainIdentity, Dictionary<string, object> requestContextData)
        {
            GrainIdentity = grainIdentity;
            RequestContextData = requestContextData;
        }

        public GrainId GrainIdentity { get; }

        internal Dictionary<string, object> RequestContextData { get; }
    }
}

namespace Orleans.Placement
{
    using Orleans.Runtime;
    using Orleans.Runtime.Placement;

    /// <summary>Carries out a <see cref="PlacementFilterStrategy"/>.</summary>
    public interface IPlacementFilterDirector
    {
        IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos);
    }
}
