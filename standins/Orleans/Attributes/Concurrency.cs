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

    /// <summary>Names a method of the grain class, <c>bool M(IInvokable)</c>, that decides whether a call interleaves.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class MayInterleaveAttribute(string callbackMethodName) : Attribute
    {
        internal string CallbackMethodName { get; } = callbackMethodName;
    }

    /// <summary>Several activations of one id per silo, none of them in the directory.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class StatelessWorkerAttribute : Placement.PlacementAttribute
    {
        public StatelessWorkerAttribute() : base(new StatelessWorkerPlacement(-1)) { }

        public StatelessWorkerAttribute(int maxLocalWorkers) : base(new StatelessWorkerPlacement(maxLocalWorkers)) { }

        public StatelessWorkerAttribute(int maxLocalWorkers, bool removeIdleWorkers) : base(new StatelessWorkerPlacement(maxLocalWorkers)) =>
            _ = removeIdleWorkers; // Idle workers go with the idle collection, as every activation does.
    }

    /// <summary>Wraps a value that is never changed.</summary>
    [GenerateSerializer, Immutable]
    public readonly record struct Immutable<T>
    {
        [Id(0)]
        public readonly T Value;

        public Immutable(T value) => Value = value;
    }

    public static class ImmutableExtensions
    {
        public static Immutable<T> AsImmutable<T>(this T value) => new(value);
    }
}

namespace Orleans.CodeGeneration
{
    /// <summary>How a method is called.</summary>
    [Flags]
    public enum InvokeMethodOptions
    {
        None = 0,
        OneWay = 1,
        ReadOnly = 2,
        AlwaysInterleave = 4,
        Unordered = 8,
    }
}
