namespace Orleans.Runtime;

/// <summary>The caller's side: what a reference's method does.</summary>
internal static class CallSender
{
    public static Task<T> Send<T>(GrainReference reference, GrainRequest request)
    {
        var source = RuntimeContext.Current;
        var client = ClientOf(source, reference);
        if (client.OutgoingFilters.Length > 0 || source?.GrainInstance is IOutgoingGrainCallFilter)
            return SendFiltered<T>(client, source, reference, request);

        return SendDirect<T>(client, source, reference.GrainId, request);
    }

    public static Task SendOneWay(GrainReference reference, GrainRequest request)
    {
        var source = RuntimeContext.Current;
        var client = ClientOf(source, reference);
        if (client.OutgoingFilters.Length > 0 || source?.GrainInstance is IOutgoingGrainCallFilter)
            return new OutgoingCallContext(client.OutgoingFilters, source, reference, request, () => SendOneWayDirect(client, source, reference.GrainId, request)).Invoke();

        return SendOneWayDirect(client, source, reference.GrainId, request);
    }

    /// <summary>Sends past the filters.</summary>
    public static Task<T> SendDirect<T>(RuntimeClient client, IGrainContext? source, GrainId target, GrainRequest request)
    {
        var call = new GrainCall<T>(client, source, target, request) { RequestContext = RequestContext.Snapshot() };
        if (client.IsStopped)
        {
            call.Fail(client.Unavailable());
            return call.Answer;
        }

        client.Pending.Add(call, request.Description.Timeout ?? client.ResponseTimeout);
        if (request.Description.CancellationIndex >= 0)
            CallCancellation.Attach(call);
        if (!call.HasEnded)
            CallRouter.Route(call);
        return call.Answer;
    }

    private static Task SendOneWayDirect(RuntimeClient client, IGrainContext? source, GrainId target, GrainRequest request)
    {
        if (!client.IsStopped)
            CallRouter.Route(new OneWayCall(client, source, target, request) { RequestContext = RequestContext.Snapshot() });

        return Task.CompletedTask;
    }

    private static async Task<T> SendFiltered<T>(RuntimeClient client, IGrainContext? source, GrainReference reference, GrainRequest request)
    {
        OutgoingCallContext context = null!;
        context = new(client.OutgoingFilters, source, reference, request, async () =>
            context.Result = await SendDirect<T>(client, source, reference.GrainId, request));
        await context.Invoke();
        return context.Response is { } response ? response.GetResult<T>() : default!;
    }

    // A reference may have been made in another silo, even one that is dead by now.
    private static RuntimeClient ClientOf(IGrainContext? source, GrainReference reference) =>
        source is ICallSource own ? own.Client : reference.Shared.Client;
}
