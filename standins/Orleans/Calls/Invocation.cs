namespace Orleans.Serialization.Invocation;

/// <summary>A call of a method with its arguments.</summary>
public interface IInvokable
{
    object? GetArgument(int index);
}

/// <summary>The outcome of a call.</summary>
internal abstract class Response
{
    public static Response Completed => new Outcome(null, null);

    public abstract object? Result { get; set; }

    public abstract Exception? Exception { get; set; }

    public static Response FromException(Exception exception) => new Outcome(null, exception);

    public static Response FromResult<TResult>(TResult value) => new Outcome(value, null);

    public abstract T GetResult<T>();

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
