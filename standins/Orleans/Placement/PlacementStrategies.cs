using System.Globalization;

namespace Orleans.Runtime
{
    /// <summary>Where new activations go; an <see cref="Placement.IPlacementDirector"/> knows how.</summary>
    public abstract class PlacementStrategy
    {
        public virtual bool IsUsingGrainDirectory => true;

        public virtual void Initialize(Metadata.GrainProperties properties) { }

        public virtual void PopulateGrainProperties(IServiceProvider services, Type grainClass, GrainType grainType, Dictionary<string, string> properties) { }
    }

    public sealed class RandomPlacement : PlacementStrategy;

    public sealed class PreferLocalPlacement : PlacementStrategy;

    public sealed class HashBasedPlacement : PlacementStrategy;

    public sealed class ActivationCountBasedPlacement : PlacementStrategy;

    public sealed class ResourceOptimizedPlacement : PlacementStrategy;

    internal sealed class StatelessWorkerPlacement(int maxLocal) : PlacementStrategy
    {
        public override bool IsUsingGrainDirectory => false;

        public int MaxLocal { get; } = maxLocal > 0 ? maxLocal : Environment.ProcessorCount;
    }
}

namespace Orleans.Metadata
{
    /// <summary>What a strategy's attribute says of a grain class, as text.</summary>
    public sealed class GrainProperties(System.Collections.Immutable.ImmutableDictionary<string, string> values)
    {
        public System.Collections.Immutable.ImmutableDictionary<string, string> Properties { get; } = values;
    }
}

namespace Orleans.Placement
{
    using Orleans.Metadata;
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

        public PlacementStrategy PlacementStrategy { get; }
    }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class RandomPlacementAttribute() : PlacementAttribute(new RandomPlacement());

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class PreferLocalPlacementAttribute() : PlacementAttribute(new PreferLocalPlacement());

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class HashBasedPlacementAttribute() : PlacementAttribute(new HashBasedPlacement());

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class ActivationCountBasedPlacementAttribute() : PlacementAttribute(new ActivationCountBasedPlacement());

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class ResourceOptimizedPlacementAttribute() : PlacementAttribute(new ResourceOptimizedPlacement());

    /// <summary>Removes silos from what placement may choose from.</summary>
    [AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
    public abstract class PlacementFilterAttribute : Attribute
    {
        protected PlacementFilterAttribute(PlacementFilterStrategy placement)
        {
            ArgumentNullException.ThrowIfNull(placement);
            PlacementFilterStrategy = placement;
        }

        public PlacementFilterStrategy PlacementFilterStrategy { get; }
    }

    /// <summary>A filter of one class; filters run in ascending order.</summary>
    public abstract class PlacementFilterStrategy(int order)
    {
        public int Order { get; private set; } = order;

        public void Initialize(GrainProperties properties)
        {
            if (GetPlacementFilterGrainProperty("order", properties) is { } text)
                Order = int.Parse(text, CultureInfo.InvariantCulture);
            AdditionalInitialize(properties);
        }

        public virtual void AdditionalInitialize(GrainProperties properties) { }

        protected string? GetPlacementFilterGrainProperty(string key, GrainProperties properties) =>
            properties.Properties.GetValueOrDefault($"placement-filter.{GetType().Name}.{key}");

        protected virtual IEnumerable<KeyValuePair<string, string>> GetAdditionalGrainProperties(
            IServiceProvider services, Type grainClass, GrainType grainType, IReadOnlyDictionary<string, string> existingProperties) => [];
    }
}
