using System.Collections.Concurrent;
using Ingestion.Grains.Silos.Acting;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>Collects nothing, and remembers what it was called for, in order. A test says what comes of it.</summary>
internal sealed class CountedActuator : IMemoryActuator
{
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Runs within each call.</summary>
    public Action<string> Effect { get; set; } = _ => { };

    public TimeSpan Collect()
    {
        Note(nameof(Collect));
        return TimeSpan.FromMilliseconds(30);
    }

    public TimeSpan CollectGarbage()
    {
        Note(nameof(CollectGarbage));
        return TimeSpan.FromMilliseconds(20);
    }

    public void CollectInBackground() => Note(nameof(CollectInBackground));

    public void TrimNative() => Note(nameof(TrimNative));

    public void Note(string call)
    {
        Calls.Enqueue(call);
        Effect(call);
    }
}
