namespace Ingestion.Tests.Support;

/// <summary>Holds callers until it is opened, and reports the first one.</summary>
/// <param name="onlyFirst">Holds the first caller only; the others pass.</param>
public sealed class Gate(bool onlyFirst = false)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the first caller has come.</summary>
    public Task Reached => _reached.Task;

    public Task PassAsync() => _reached.TrySetResult() || !onlyFirst ? _open.Task : Task.CompletedTask;

    public void Open() => _open.TrySetResult();
}
