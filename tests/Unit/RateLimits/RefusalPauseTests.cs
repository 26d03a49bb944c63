using Ingestion.Api.Problems;
using Ingestion.Api.RateLimits;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Tests.Unit.RateLimits;

/// <summary>Refusals that wait, so that their repetition costs little.</summary>
public sealed class RefusalPauseTests
{
    private const int MostWaiting = 2_000;

    private readonly ManualTime _time = new();

    [Fact]
    public async Task ARefusalIsSentAfterThePause_WhenItIs429()
    {
        var context = Context();
        var refused = Problem.RateLimited.ToResult().ExecuteAsync(context);
        Assert.False(refused.IsCompleted);
        Assert.Equal(0, context.Response.Body.Length);

        _time.Advance(RefusalPause.Time);
        await refused;
        Assert.Equal(StatusCodes.Status429TooManyRequests, context.Response.StatusCode);
        Assert.NotEqual(0, context.Response.Body.Length);
    }

    [Fact]
    public void OtherRefusalsDoNotWait() => Assert.True(Problem.TokenInvalid.ToResult().ExecuteAsync(Context()).IsCompletedSuccessfully);

    [Fact]
    public async Task ThePauseEnds_WhenTheClientLeaves()
    {
        using var client = new CancellationTokenSource();
        var wait = new RefusalPause(_time).WaitAsync(RefusalPause.Time, client.Token);
        Assert.False(wait.IsCompleted);
        await client.CancelAsync();
        await wait;
    }

    [Fact]
    public async Task NoMoreWaitThanThereArePlaces()
    {
        var pause = new RefusalPause(_time);
        var waiting = Enumerable.Range(0, MostWaiting).Select(_ => pause.WaitAsync(RefusalPause.Time, CancellationToken.None)).ToList();
        Assert.True(pause.WaitAsync(RefusalPause.Time, CancellationToken.None).IsCompletedSuccessfully);

        _time.Advance(RefusalPause.Time);
        await Task.WhenAll(waiting);
        Assert.False(pause.WaitAsync(RefusalPause.Time, CancellationToken.None).IsCompleted);
    }

    private DefaultHttpContext Context() => new()
    {
        RequestServices = new ServiceCollection().AddSingleton(new RefusalPause(_time)).BuildServiceProvider(),
        Response = { Body = new MemoryStream() },
    };
}
