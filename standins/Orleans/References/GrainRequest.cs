using System.Reflection;
using Orleans.Serialization.Invocation;

namespace Orleans.Runtime;

/// <summary>
/// A method of a grain interface with its arguments. <see cref="GrainInterfaceEmitter"/> makes one class per method,
/// with a typed field per argument, so that a call boxes nothing.
/// </summary>
internal abstract class GrainRequest : IInvokable
{
    private ITargetHolder? _holder;

    /// <summary>What is known of the method. One instance per emitted class.</summary>
    public abstract GrainMethod Description { get; }

    public bool IsCancellable => Description.CancellationIndex >= 0;

    /// <summary>Calls the method. The task is a Task&lt;T&gt; when the method returns a T.</summary>
    public abstract Task InvokeOn(object target);

    public virtual object? GetArgument(int index) => throw new ArgumentOutOfRangeException(nameof(index));

    public virtual void SetArgument(int index, object value) => throw new ArgumentOutOfRangeException(nameof(index));

    public int GetArgumentCount() => Description.ParameterCount;

    public string GetMethodName() => Description.Method.Name;

    public string GetInterfaceName() => Description.InterfaceType.FullName!;

    public string GetActivityName() => Description.ActivityName;

    public MethodInfo GetMethod() => Description.Method;

    public Type GetInterfaceType() => Description.InterfaceType;

    public TimeSpan? GetDefaultResponseTimeout() => Description.Timeout;

    public CancellationToken GetCancellationToken() => IsCancellable ? (CancellationToken)GetArgument(Description.CancellationIndex)! : default;

    // Cancellation goes through the call, which knows where the request is.
    public bool TryCancel() => false;

    public object? GetTarget() => _holder?.GetTarget();

    public void SetTarget(ITargetHolder holder) => _holder = holder;

    public async ValueTask<Response> Invoke()
    {
        try
        {
            var task = InvokeOn(GetTarget() ?? throw new InvalidOperationException("No target is set."));
            await task;
            return Response.FromResult(TaskResults.Of(task, Description.ResultType));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return Response.FromException(failure);
        }
    }

    public void Dispose() { }

    public override string ToString() => $"{GetInterfaceName()}.{GetMethodName()}";
}

/// <summary>The result of a completed task whose type is not known at compile time.</summary>
internal static class TaskResults
{
    public static object? Of(Task completed, Type? resultType) =>
        resultType is null ? null : completed.GetType().GetProperty(nameof(Task<>.Result))!.GetValue(completed);
}
