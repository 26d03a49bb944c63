namespace Ingestion.Grains;

/// <summary>
/// A grain that owes something to others retries by a timer, and a timer ends with its activation. Orleans ends activations that nobody asked it
/// to: those whose place in the directory was lost with another silo. What they owe must not wait until somebody happens to call.
/// </summary>
internal static class Successor
{
    /// <summary>
    /// From OnDeactivateAsync: brings the next activation to life by any call to it, which waits until this one has gone. Not when the silo
    /// stops: the call may have nowhere to go.
    /// </summary>
    public static void Wake(DeactivationReason reason, Func<Task> call)
    {
        if (reason.ReasonCode is not DeactivationReasonCode.ShuttingDown)
            _ = CallAsync(call);
    }

    private static async Task CallAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
#pragma warning disable CA1031 // Whatever becomes of the answer, it is the activation that counts; without one the next caller has to do.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
