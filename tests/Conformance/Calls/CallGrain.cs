using Ingestion.Tests.Conformance.Infrastructure;
using Orleans.Concurrency;

namespace Ingestion.Tests.Conformance.Calls;

[GenerateSerializer, Immutable, Alias("conformance.parcel")]
public sealed record Parcel([property: Id(0)] string Name, [property: Id(1)] long Size, [property: Id(2)] Guid? Owner, [property: Id(3)] DateTimeOffset At);

/// <summary>An exception of our own with a payload, as the project's storage errors are.</summary>
[GenerateSerializer, Alias("conformance.refused")]
public sealed class RefusedException(string message, int code) : Exception(message)
{
    [Id(0)]
    public int Code { get; } = code;
}

public interface ICallGrain : IGrainWithStringKey
{
    Task<Parcel> EchoAsync(Parcel parcel);

    ValueTask<int> AddAsync(int a, int b = 1);

    Task<Parcel?> NothingAsync();

    Task RefuseAsync(int code);

    Task FailAsync(string kind);

    [OneWay]
    Task NotifyAsync(string text);

    [OneWay]
    Task FailUnheardAsync();

    Task WaitForCancellationAsync(CancellationToken cancellationToken);

    Task<bool> PassTokenOnAsync(string other, CancellationToken cancellationToken);

    [ResponseTimeout("00:00:01")]
    Task<string> HoldForASecondAsync();

    Task HoldAsync();
}

internal sealed class CallGrain(Probe probe) : Grain, ICallGrain
{
    private string Key => this.GetPrimaryKeyString();

    public Task<Parcel> EchoAsync(Parcel parcel) => Task.FromResult(parcel);

    public ValueTask<int> AddAsync(int a, int b = 1) => ValueTask.FromResult(a + b);

    public Task<Parcel?> NothingAsync() => Task.FromResult<Parcel?>(null);

    public async Task RefuseAsync(int code)
    {
        await Task.Yield();
        throw new RefusedException("refused", code);
    }

    public Task FailAsync(string kind) => throw kind switch
    {
        "argument" => new ArgumentException("bad argument", nameof(kind)),
        "missing" => new KeyNotFoundException("no such key"),
        "cancelled" => new OperationCanceledException("cancelled by the callee"),
        "inner" => new InvalidOperationException("outer", new RefusedException("inner", 7)),
        _ => new InvalidOperationException("bad state"),
    };

    public async Task NotifyAsync(string text)
    {
        probe.Record(Key, $"{text} starts");
        await probe.GateAsync(Key);
        probe.Record(Key, $"{text} ends");
    }

    public Task FailUnheardAsync()
    {
        probe.Record(Key, "failing");
        throw new InvalidOperationException("nobody hears this");
    }

    public async Task WaitForCancellationAsync(CancellationToken cancellationToken)
    {
        probe.Record(Key, cancellationToken.IsCancellationRequested ? "cancelled before" : "waiting");
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            probe.Record(Key, "cancelled");
        }
    }

    public async Task<bool> PassTokenOnAsync(string other, CancellationToken cancellationToken)
    {
        await GrainFactory.GetGrain<ICallGrain>(other).WaitForCancellationAsync(cancellationToken);
        return true;
    }

    public async Task<string> HoldForASecondAsync()
    {
        probe.Record(Key, "held");
        await probe.GateAsync(Key);
        probe.Record(Key, "released");
        return "late";
    }

    public async Task HoldAsync()
    {
        probe.Record(Key, "held");
        await probe.GateAsync(Key);
    }
}
