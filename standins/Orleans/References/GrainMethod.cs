using System.Reflection;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace Orleans.Runtime;

/// <summary>What is known of one method of a grain interface.</summary>
internal sealed class GrainMethod
{
    public GrainMethod(Type interfaceType, MethodInfo method)
    {
        InterfaceType = interfaceType;
        Method = method;
        ParameterCount = method.GetParameters().Length;
        CancellationIndex = Array.FindIndex(method.GetParameters(), p => p.ParameterType == typeof(CancellationToken));
        Timeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        Options = OptionsOf(method);
        ActivityName = $"{interfaceType.Name}/{method.Name}";
    }

    public Type InterfaceType { get; }

    public MethodInfo Method { get; }

    public int ParameterCount { get; }

    /// <summary>Where the cancellation token is among the arguments; -1 when there is none.</summary>
    public int CancellationIndex { get; }

    public TimeSpan? Timeout { get; }

    public InvokeMethodOptions Options { get; }

    public string ActivityName { get; }

    public bool IsOneWay => (Options & InvokeMethodOptions.OneWay) != 0;

    /// <summary>The T of Task&lt;T&gt; and ValueTask&lt;T&gt;; null where nothing comes back.</summary>
    public Type? ResultType => Method.ReturnType.IsGenericType ? Method.ReturnType.GetGenericArguments()[0] : null;

    private static InvokeMethodOptions OptionsOf(MethodInfo method)
    {
        var options = InvokeMethodOptions.None;
        if (method.IsDefined(typeof(OneWayAttribute)) || method.ReturnType == typeof(void))
            options |= InvokeMethodOptions.OneWay;
        if (method.IsDefined(typeof(ReadOnlyAttribute)))
            options |= InvokeMethodOptions.ReadOnly;
        if (method.IsDefined(typeof(AlwaysInterleaveAttribute)))
            options |= InvokeMethodOptions.AlwaysInterleave;
        return options;
    }
}
