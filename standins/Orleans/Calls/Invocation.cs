using System.Reflection;

namespace Orleans.Serialization.Invocation;

/// <summary>A call of a method with its arguments.</summary>
public interface IInvokable : IDisposable
{
    bool IsCancellable { get; }

    int GetArgumentCount();

    object? GetArgument(int index);

    void SetArgument(int index, object value);

    string GetMethodName();

    string GetInterfaceName();

    string GetActivityName();

    MethodInfo GetMethod();

    Type GetInterfaceType();

    TimeSpan? GetDefaultResponseTimeout();

    CancellationToken GetCancellationToken();

    bool TryCancel();

    object? GetTarget();

    void SetTarget(ITargetHolder holder);

    ValueTask<Response> Invoke();
}

/// <summary>What holds the object that is called.</summary>
public interface ITargetHolder
{
    object? GetTarget();

    object? GetComponent(Type componentType);
}

/// <summary>The outcome of a call.</summary>
public abstract class Response : IDisposable
{
    public static Response Completed => new Outcome(null, null);

    public abstract object? Result { get; set; }

    public abstract Exception? Exception { get; set; }

    public static Response FromException(Exception exception) => new Outcome(null, exception);

    public static Response FromResult<TResult>(TResult value) => new Outcome(value, null);

    public abstract T GetResult<T>();

    public void Dispose() => GC.SuppressFinalize(this);

    private sealed class Outcome(object? result, Exception? exception) : Response
    {
        public override object? Result { get; set; } = result;

        public override Exception? Exception { get; set; } = exception;

        public override T GetResult<T>()
        {
            if (Exception is { } failure)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);

            return (T)Result!;
        }
    }
}
