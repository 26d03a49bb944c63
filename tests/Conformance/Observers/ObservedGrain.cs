using Ingestion.Tests.Conformance.Infrastructure;
using Orleans.Concurrency;

namespace Ingestion.Tests.Conformance.Observers;

[GenerateSerializer, Immutable, Alias("conformance.news")]
public sealed record News([property: Id(0)] string Text, [property: Id(1)] int Number);

public interface INewsObserver : IGrainObserver
{
    [ResponseTimeout("00:00:01")]
    Task OnNewsAsync(News news);

    [OneWay]
    Task OnRumourAsync(News news);
}

public interface IObservedGrain : IGrainWithStringKey
{
    Task SubscribeAsync(INewsObserver observer);

    /// <summary>Tells all observers one after the other and answers, for each, "ok" or the type and message of its exception.</summary>
    Task<string[]> TellAsync(News news);

    Task RumourAsync(News news);
}

internal sealed class ObservedGrain : Grain, IObservedGrain
{
    private readonly List<INewsObserver> _observers = [];

    public Task SubscribeAsync(INewsObserver observer)
    {
        _observers.Add(observer);
        return Task.CompletedTask;
    }

    public async Task<string[]> TellAsync(News news)
    {
        var answers = new List<string>();
        foreach (var observer in _observers) answers.Add(await TellAsync(observer, news));
        return [.. answers];
    }

    public async Task RumourAsync(News news)
    {
        foreach (var observer in _observers) await observer.OnRumourAsync(news);
    }

#pragma warning disable CA1031 // Whatever an observer does is the answer.
    private static async Task<string> TellAsync(INewsObserver observer, News news)
    {
        try
        {
            await observer.OnNewsAsync(news);
            return "ok";
        }
        catch (Exception e)
        {
            return e is InvalidOperationException ? $"{e.GetType().Name}: {e.Message}" : e.GetType().Name;
        }
    }
#pragma warning restore CA1031
}

internal sealed class NewsObserver(Probe probe, string key) : INewsObserver
{
    public async Task OnNewsAsync(News news)
    {
        await Task.Yield();
        probe.Record(key, $"{news.Text} {news.Number}");
        if (news.Text == "bad") throw new InvalidOperationException("the observer failed");
    }

    public async Task OnRumourAsync(News news)
    {
        probe.Record(key, "rumour starts");
        await probe.GateAsync(key);
        probe.Record(key, "rumour ends");
    }
}
