using System.Reflection;
using Orleans.Serialization.Invocation;

namespace Orleans.Runtime;

/// <summary>
/// A method of a grain interface with its arguments. <see cref="GrainInterfaceEmitter"/> makes one class per method,
/// with a typed field per argument, so that a call boxes nothing.
/// </summary>
internal abstract class GrainRequest : IInvokable
{
    /// <summary>What is known of the method. One instance per emitted class.</summary>
    public abstract GrainMethod Description { get; }

    /// <summary>Calls the method. The task is a Task&lt;T&gt; when the method returns a T.</summary>
    public abstract Task InvokeOn(object target);

    public virtual object? GetArgument(int index) => throw new ArgumentOutOfRangeException(nameof(index));

    public virtual void SetArgument(int index, object value) => throw new ArgumentOutOfRangeException(nameof(index));

    public string GetMethodName() => Description.Method.Name;

    public string GetInterfaceName() => Description.InterfaceType.FullName!;

    public MethodInfo GetMethod() => Description.Method;

    public override string ToString() => $"{GetInterfaceName()}.{GetMethodName()}";
}

/// <summary>The result of a completed task whose type is not known at compile time.</summary>
internal static class TaskResults
{
    public static object? Of(Task completed, Type? resultType) =>
        resultType is null ? null : completed.GetType().GetProperty(nameof(Task<>.Result))!.GetValue(completed);
}
