using System.Reflection;
using Orleans.Serialization.Invocation;

namespace Orleans.Runtime;

/// <summary>What the contexts of both directions share.</summary>
internal abstract class CallContext(GrainRequest request) : IGrainCallContext
{
    public IInvokable Request => request;

    public abstract object Grain { get; }

    public abstract GrainId TargetId { get; }

    public string MethodName => request.GetMethodName();

    public MethodInfo InterfaceMethod => request.GetMethod();

    public Response? Response { get; set; }

    public object? Result
    {
        get => Response?.GetResult<object?>();
        set => Response = Response.FromResult(value);
    }

    public abstract Task Invoke();
}

/// <summary>A call on its way out.</summary>
internal sealed class OutgoingCallContext(
    IOutgoingGrainCallFilter[] filters, IGrainContext? source, GrainReference reference, GrainRequest request, Func<Task> send)
    : CallContext(request), IOutgoingGrainCallContext
{
    private int _stage;

    public override object Grain => reference;

    public override GrainId TargetId => reference.GrainId;

    public override Task Invoke()
    {
        var stage = _stage++;
        if (stage < filters.Length)
            return filters[stage].Invoke(this);
        if (stage == filters.Length && source?.GrainInstance is IOutgoingGrainCallFilter own)
            return own.Invoke(this);

        return send();
    }
}

/// <summary>A call about to be served.</summary>
internal sealed class IncomingCallContext(GrainCall call, IGrainContext target, IIncomingGrainCallFilter[] filters)
    : CallContext(call.Request), IIncomingGrainCallContext
{
    private int _stage;

    public override object Grain => target.GrainInstance!;

    public override GrainId TargetId => call.TargetId;

    /// <summary>Runs the filters and the method. The outcome is in <see cref="CallContext.Response"/>, whatever it is.</summary>
    public async Task Run()
    {
        try
        {
            await Invoke();
            Response ??= Response.Completed;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Response = Response.FromException(failure);
        }
    }

    public override Task Invoke()
    {
        var stage = _stage++;
        if (stage < filters.Length)
            return filters[stage].Invoke(this);
        if (stage == filters.Length && Grain is IIncomingGrainCallFilter own)
            return own.Invoke(this);

        return InvokeMethod();
    }

    private async Task InvokeMethod()
    {
        try
        {
            var task = call.Request.InvokeOn(Grain);
            await task;
            Result = TaskResults.Of(task, call.Request.Description.ResultType);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // Kept too, for a filter that swallows the exception and sets no result of its own.
            Response = Response.FromException(failure);
            throw;
        }
    }
}
