using System.Reflection;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans;

/// <summary>Runs around calls where they are served. A grain class that implements it filters its own calls.</summary>
public interface IIncomingGrainCallFilter
{
    Task Invoke(IIncomingGrainCallContext context);
}

/// <summary>Runs around calls where they are made.</summary>
public interface IOutgoingGrainCallFilter
{
    Task Invoke(IOutgoingGrainCallContext context);
}

/// <summary>A call as its filters see it.</summary>
public interface IGrainCallContext
{
    IInvokable Request { get; }

    /// <summary>Incoming: the grain. Outgoing: the reference.</summary>
    object Grain { get; }

    GrainId TargetId { get; }

    string MethodName { get; }

    MethodInfo InterfaceMethod { get; }

    object? Result { get; set; }

    /// <summary>Goes on to the next filter, finally to the method.</summary>
    Task Invoke();
}

public interface IIncomingGrainCallContext : IGrainCallContext;

public interface IOutgoingGrainCallContext : IGrainCallContext;
