namespace Orleans.Runtime;

/// <summary>The activations of one stateless worker id in one silo: a call goes to an idle one, to a new one, or to the next in turn.</summary>
internal sealed class StatelessWorkerGroup(Silo silo, GrainClass grainClass, GrainId grainId, int limit) : ICallTarget
{
    private readonly List<Activation> _workers = [];
    private int _next;

    public RuntimeClient Client => silo.Client;

    public void Receive(GrainCall call) => Choose(call).Receive(call);

    // Calls are never delivered to the group itself; cancellation finds the worker.
    public void Post(Action action) => action();

    public void Remove(Activation worker)
    {
        lock (_workers)
            _workers.Remove(worker);
    }

    private Activation Choose(GrainCall call)
    {
        lock (_workers)
        {
            if (_workers.Find(worker => worker.IsAtRest) is { } idle)
                return idle;
            if (_workers.Count >= limit)
                return _workers[_next++ % _workers.Count];

            var worker = new Activation(silo, grainClass, grainId);
            _workers.Add(worker);
            silo.Catalog.Start(worker, call.RequestContext);
            return worker;
        }
    }
}
