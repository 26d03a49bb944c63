namespace Orleans.Runtime;

internal static class DetachedTimers
{
    /// <summary>A timer whose callback runs without the async locals of whoever makes it.</summary>
    public static ITimer CreateDetachedTimer(this TimeProvider time, TimerCallback callback, object state, TimeSpan dueTime, TimeSpan period)
    {
        if (ExecutionContext.IsFlowSuppressed())
            return time.CreateTimer(callback, state, dueTime, period);

        using (ExecutionContext.SuppressFlow())
            return time.CreateTimer(callback, state, dueTime, period);
    }
}
