namespace Orleans.Runtime
{
    /// <summary>Where new activations go; an <see cref="Placement.IPlacementDirector"/> knows how.</summary>
    public abstract class PlacementStrategy;

    internal sealed class RandomPlacement : PlacementStrategy;

    internal sealed class PreferLocalPlacement : PlacementStrategy;

    internal sealed class HashBasedPlacement : PlacementStrategy;

    /// <summary>The default.</summary>
    internal sealed class ResourceOptimizedPlacement : PlacementStrategy;

    internal sealed class StatelessWorkerPlacement(int maxLocal) : PlacementStrategy
    {
        public int MaxLocal { get; } = maxLocal > 0 ? maxLocal : Environment.ProcessorCount;
    }
}

namespace Orleans.Placement
{
    using Orleans.Runtime;

    /// <summary>Names a class's placement strategy.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public abstract class PlacementAttribute : Attribute
    {
        protected PlacementAttribute(PlacementStrategy placement)
        {
            ArgumentNullException.ThrowIfNull(placement);
            PlacementStrategy = placement;
        }

        internal PlacementStrategy PlacementStrategy { get; }
    }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class RandomPlacementAttribute() : PlacementAttribute(new RandomPlacement());

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class PreferLocalPlacementAttribute() : PlacementAttribute(new PreferLocalPlacement());

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class HashBasedPlacementAttribute() : PlacementAttribute(new HashBasedPlacement());

    /// <summary>Removes silos from what placement may choose from.</summary>
    [AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
    public abstract class PlacementFilterAttribute : Attribute
    {
        protected PlacementFilterAttribute(PlacementFilterStrategy placement)
        {
            ArgumentNullException.ThrowIfNull(placement);
            PlacementFilterStrategy = placement;
        }

        internal PlacementFilterStrategy PlacementFilterStrategy { get; }
    }

    /// <summary>A filter of one class; filters run in ascending order.</summary>
    public abstract class PlacementFilterStrategy(int order)
    {
        internal int Order { get; } = order;
    }
}
