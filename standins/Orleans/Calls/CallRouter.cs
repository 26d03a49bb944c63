namespace Orleans.Runtime;

/// <summary>Finds what a call is for, and makes it when it is a grain that has no activation.</summary>
internal static class CallRouter
{
    public static void Route(GrainCall call)
    {
        if (call.Client.Cluster.Directory.TryGet(call.TargetId, out var activation))
            activation.Receive(call);
        else
            RouteToOther(call);
    }

    /// <summary>For a call that reached something that has ended: the next activation serves it.</summary>
    public static void Reroute(GrainCall call)
    {
        if (call.HasEnded || call.IsLocalOnly)
            return;

        call.Target = null;
        if (++call.Detours > call.Client.MaxForwardCount)
            call.Fail(new OrleansMessageRejectionException($"Gave up after {call.Detours} activations had ended before they could serve {call}."));
        else
            Route(call);
    }

    private static void RouteToOther(GrainCall call)
    {
        var cluster = call.Client.Cluster;
        if (cluster.GrainTypes.TryGet(call.TargetId.Type, out var grainClass))
            _ = RouteToNewActivation(call, grainClass);
        else if (cluster.SystemTargets.TryGetValue(call.TargetId, out var systemTarget))
            systemTarget.Receive(call);
        else if (call.TargetId.Type == WellKnownGrainTypes.Observer)
            RouteToObserver(call);
        else
            call.Fail(new SiloUnavailableException($"{call.TargetId} is neither a known grain nor a running grain service."));
    }

    private static void RouteToObserver(GrainCall call)
    {
        switch (call.Client.Cluster.FindObserver(call.TargetId, out var observer))
        {
            case ObserverLookup.Found:
                observer!.Receive(call);
                break;
            case ObserverLookup.SiloGone:
                call.Fail(new SiloUnavailableException($"The silo of {call.TargetId} has gone."));
                break;
            default:
                // As in Orleans, a deleted observer does not answer: who waits is told by the timeout.
                Log.ObserverUnknown(call.Client.Logger, call);
                break;
        }
    }

    private static async Task RouteToNewActivation(GrainCall call, GrainClass grainClass)
    {
        try
        {
            var placing = call.Client.Cluster.Placement.Place(call, grainClass);
            // Placement is nobody's turn; most of it ends at once.
            var silo = placing.IsCompletedSuccessfully ? placing.Result : await placing.ConfigureAwait(false);
            if (silo.Catalog.GetOrCreate(call, grainClass) is { } target)
                target.Receive(call);
            else
                Reroute(call);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            call.Fail(failure);
        }
    }
}
