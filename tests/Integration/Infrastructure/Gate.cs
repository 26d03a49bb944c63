namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>Holds the first one that comes while it is closed, until it is opened; others pass.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Somebody stands before it.</summary>
    public Task Held => _held.Task;

    public void Open() => _open.TrySetResult();

    public Task PassAsync() => _held.TrySetResult() ? _open.Task : Task.CompletedTask;
}
