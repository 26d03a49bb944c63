using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>A timer of an activation. It ends with the activation.</summary>
public interface IGrainTimer : IDisposable
{
    void Change(TimeSpan dueTime, TimeSpan period);
}

/// <summary>How a timer ticks. The period counts from the end of a tick to the start of the next: ticks never overlap.</summary>
public readonly struct GrainTimerCreationOptions
{
    public GrainTimerCreationOptions() { }

    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
    {
        DueTime = dueTime;
        Period = period;
    }

    public required TimeSpan DueTime { get; init; }

    public required TimeSpan Period { get; init; }

    /// <summary>Whether ticks interleave with calls instead of waiting for them.</summary>
    public bool Interleave { get; init; }

    /// <summary>Whether a tick counts as use, so that the activation does not become idle.</summary>
    public bool KeepAlive { get; init; }
}

/// <summary>What timers can belong to.</summary>
internal interface ITimerOwner : IGrainContext, ICallTarget
{
    IGrainTimer RegisterTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options);

    void OnTimerDisposed(GrainTimer timer);
}
