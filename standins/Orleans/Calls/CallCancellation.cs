namespace Orleans.Runtime;

/// <summary>
/// Carries a caller's cancellation to the callee. The callee has a token of its own, so that what it registered runs in its turns
/// and not on the caller's thread.
/// </summary>
internal sealed class CallCancellation : IDisposable
{
    private readonly CancellationTokenSource _callee = new();
    private CancellationTokenRegistration _registration;

    /// <summary>Puts the callee's token into the request and watches the caller's.</summary>
    public static void Attach(GrainCall call)
    {
        var index = call.Request.Description.CancellationIndex;
        if (index < 0 || call.Request.GetArgument(index) is not CancellationToken { CanBeCanceled: true } token)
            return;

        var cancellation = new CallCancellation();
        call.Cancellation = cancellation;
        call.Request.SetArgument(index, cancellation._callee.Token);
        cancellation._registration = token.UnsafeRegister(state => ((CallCancellation)state!).OnCallerCancelled(call, token), cancellation);
    }

    public void CancelCallee(ICallTarget? target)
    {
        if (target is null)
            _callee.Cancel();
        else
            target.Post(_callee.Cancel);
    }

    // The callee's source stays: it may still be running when the caller has its answer.
    public void Dispose() => _registration.Unregister();

    private void OnCallerCancelled(GrainCall call, CancellationToken token)
    {
        CancelCallee(call.Target);
        call.Cancel(token);
    }
}
