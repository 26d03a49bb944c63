using Orleans.CodeGeneration;
using Orleans.Serialization.Invocation;

namespace Orleans.Runtime;

/// <summary>
/// A call under way: from the caller to the target's queue, through its turn, to the caller's task.
/// It ends once: answered, failed, timed out, cancelled or lost with its silo, whichever comes first.
/// </summary>
internal abstract class GrainCall
{
    private int _ended;
    private ICallTarget? _target;

    protected GrainCall(RuntimeClient client, IGrainContext? source, GrainId targetId, GrainRequest request)
    {
        Client = client;
        Source = source;
        TargetId = targetId;
        Request = request;
        Options = request.Description.Options;
    }

    /// <summary>Who called: a silo or an outside client.</summary>
    public RuntimeClient Client { get; }

    /// <summary>The grain that called; null outside of grains.</summary>
    public IGrainContext? Source { get; }

    public GrainId TargetId { get; }

    public GrainRequest Request { get; }

    public Dictionary<string, object>? RequestContext { get; init; }

    public InvokeMethodOptions Options { get; init; }

    /// <summary>False for timer ticks that must not keep their activation alive.</summary>
    public bool ExtendsLife { get; init; } = true;

    /// <summary>True for what only means this activation; dropped, not rerouted, when that has ended.</summary>
    public bool IsLocalOnly { get; init; }

    /// <summary>Null unless the method takes a token that can be cancelled.</summary>
    public CallCancellation? Cancellation { get; set; }

    /// <summary>How often the call found its target gone and looked for the next one.</summary>
    public int Detours { get; set; }

    public ICallTarget? Target
    {
        get => Volatile.Read(ref _target);
        set => Volatile.Write(ref _target, value);
    }

    public bool HasEnded => Volatile.Read(ref _ended) != 0;

    public bool IsAlwaysInterleave => (Options & InvokeMethodOptions.AlwaysInterleave) != 0;

    public bool IsReadOnly => (Options & InvokeMethodOptions.ReadOnly) != 0;

    public bool IsOneWay => (Options & InvokeMethodOptions.OneWay) != 0;

    public Guid ReentrancyId => Runtime.RequestContext.ReentrancyIdOf(RequestContext);

    // The links of PendingCalls.
    internal GrainCall? Previous { get; set; }

    internal GrainCall? Next { get; set; }

    internal int Stripe { get; set; } = -1;

    internal long Deadline { get; set; }

    /// <summary>Takes over the outcome of the method's task, which has completed.</summary>
    public abstract void Complete(Task completed);

    /// <summary>Takes over the outcome that call filters made.</summary>
    public abstract void Complete(Response response);

    public abstract void Fail(Exception failure);

    public abstract void Cancel(CancellationToken token);

    public void TimeOut(TimeSpan timeout)
    {
        if (Client.CancelsOnTimeout)
            Cancellation?.CancelCallee(Target);
        Fail(new TimeoutException($"Response did not arrive on time in {timeout} for message: {this}."));
    }

    public override string ToString() => $"Request [{Client.Name} {Source?.GrainId.ToString() ?? "client"}]->[{TargetId}] {Request}";

    /// <summary>True for the one that may set the outcome.</summary>
    protected bool TryEnd()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return false;

        Client.Pending.Remove(this);
        Cancellation?.Dispose();
        return true;
    }
}

/// <summary>A call whose caller waits for a T.</summary>
internal sealed class GrainCall<T>(RuntimeClient client, IGrainContext? source, GrainId targetId, GrainRequest request)
    : GrainCall(client, source, targetId, request)
{
    // The caller's code must never run inside the callee's turn.
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Answer => _completion.Task;

    public override void Complete(Task completed)
    {
        if (!TryEnd())
            return;

        if (completed.IsCompletedSuccessfully)
            _completion.SetResult(completed is Task<T> typed ? typed.Result : default!);
        else if (completed.IsFaulted)
            _completion.SetException(completed.Exception.InnerExceptions);
        else
            _completion.SetException(new TaskCanceledException(completed));
    }

    public override void Complete(Response response)
    {
        if (!TryEnd())
            return;

        if (response.Exception is { } failure)
            _completion.SetException(failure);
        else
            _completion.SetResult(response.Result is T result ? result : default!);
    }

    public override void Fail(Exception failure)
    {
        if (TryEnd())
            _completion.SetException(failure);
    }

    public override void Cancel(CancellationToken token)
    {
        if (TryEnd())
            _completion.SetCanceled(token);
    }
}

/// <summary>A call that nobody waits for. Its failure is logged and goes nowhere.</summary>
internal sealed class OneWayCall(RuntimeClient client, IGrainContext? source, GrainId targetId, GrainRequest request)
    : GrainCall(client, source, targetId, request)
{
    public override void Complete(Task completed)
    {
        if (completed.IsFaulted)
            Fail(completed.Exception.InnerException!);
        else
            TryEnd();
    }

    public override void Complete(Response response)
    {
        if (response.Exception is { } failure)
            Fail(failure);
        else
            TryEnd();
    }

    public override void Fail(Exception failure)
    {
        if (TryEnd())
            Log.OneWayCallFailed(Client.Logger, this, failure);
    }

    public override void Cancel(CancellationToken token) => TryEnd();
}
