namespace Orleans.Runtime;

/// <summary>What receives calls: an activation, a grain service, an observer.</summary>
internal interface ICallTarget
{
    /// <summary>Where it lives. When that goes, calls that wait for it fail.</summary>
    RuntimeClient Client { get; }

    void Receive(GrainCall call);

    /// <summary>Runs something where the target's calls run.</summary>
    void Post(Action action);
}

/// <summary>A context that calls out in the name of its own silo.</summary>
internal interface ICallSource
{
    RuntimeClient Client { get; }
}
