using Orleans.Runtime;

namespace Orleans.Concurrency
{
    /// <summary>The method changes nothing: calls of such methods interleave with each other.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class ReadOnlyAttribute : Attribute;

    /// <summary>The method interleaves with every other call.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class AlwaysInterleaveAttribute : Attribute;

    /// <summary>The caller does not wait and hears of no failure.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class OneWayAttribute : Attribute;

    /// <summary>All calls of the grain interleave.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class ReentrantAttribute : Attribute;

    /// <summary>Several activations of one id per silo, none of them in the directory.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class StatelessWorkerAttribute : Placement.PlacementAttribute
    {
        public StatelessWorkerAttribute() : base(new StatelessWorkerPlacement(-1)) { }

        public StatelessWorkerAttribute(int maxLocalWorkers) : base(new StatelessWorkerPlacement(maxLocalWorkers)) { }
    }
}

namespace Orleans.CodeGeneration
{
    /// <summary>How a method is called.</summary>
    [Flags]
    internal enum InvokeMethodOptions
    {
        None = 0,
        OneWay = 1,
        ReadOnly = 2,
        AlwaysInterleave = 4,
    }
}
