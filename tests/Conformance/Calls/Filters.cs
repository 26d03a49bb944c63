using Ingestion.Tests.Conformance.Infrastructure;

namespace Ingestion.Tests.Conformance.Calls;

/// <summary>Journals what it sees of calls to filtered grains, under the key of the grain.</summary>
internal sealed class IncomingFilter(Probe probe) : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.Grain is not FilteredCallGrain)
        {
            await context.Invoke();
            return;
        }

        var key = context.TargetId.Key.ToString()!;
        probe.Record(key, $"in 1 {context.MethodName}({context.Request.GetArgument(0)})");
        try
        {
            await context.Invoke();
            probe.Record(key, $"out 1 {context.Result}");
        }
        catch (InvalidOperationException e)
        {
            probe.Record(key, $"caught 1 {e.Message}");
            throw;
        }
    }
}

/// <summary>The one that is registered second; it can change the result, refuse and answer itself.</summary>
internal sealed class ChangingFilter(Probe probe) : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.Grain is not FilteredCallGrain)
        {
            await context.Invoke();
            return;
        }

        probe.Record(context.TargetId.Key.ToString()!, "in 2");
        switch (context.Request.GetArgument(0))
        {
            case "refuse":
                throw new RefusedException("refused by the filter", 403);
            case "short cut":
                context.Result = "answered by the filter";
                return;
            case "replace":
                await context.Invoke();
                context.Result = $"{context.Result}, replaced";
                break;
            default:
                await context.Invoke();
                break;
        }
    }
}

internal sealed class OutgoingFilter(Probe probe, string place) : IOutgoingGrainCallFilter
{
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        if (context.InterfaceMethod.DeclaringType != typeof(IFilteredCallGrain))
        {
            await context.Invoke();
            return;
        }

        var key = context.TargetId.Key.ToString()!;
        probe.Record(key, $"{place} sends {context.InterfaceMethod.Name}({context.Request.GetArgument(0)})");
        await context.Invoke();
        probe.Record(key, $"{place} gets {context.Result}");
    }
}

public interface IFilteredCallGrain : IGrainWithStringKey
{
    Task<string> SayAsync(string word);

    Task<string> ForwardAsync(string other);

    Task<string> FailAsync(string message);
}

/// <summary>Its own filter comes after the silo's.</summary>
internal sealed class FilteredCallGrain(Probe probe) : Grain, IFilteredCallGrain, IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        probe.Record(this.GetPrimaryKeyString(), "grain's filter");
        await context.Invoke();
    }

    public Task<string> SayAsync(string word)
    {
        probe.Record(this.GetPrimaryKeyString(), "grain");
        return Task.FromResult($"said {word}");
    }

    public Task<string> ForwardAsync(string other) => GrainFactory.GetGrain<IFilteredCallGrain>(other).SayAsync("forwarded");

    public Task<string> FailAsync(string message) => throw new InvalidOperationException(message);
}
