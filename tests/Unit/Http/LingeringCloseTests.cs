using System.Buffers;
using System.IO.Pipelines;
using Ingestion.Api.Http;

namespace Ingestion.Tests.Unit.Http;

/// <summary>How long the rest of a body is read whose request has been answered.</summary>
public sealed class LingeringCloseTests
{
    private readonly ManualTime _time = new();

    // What is written is read before the write returns.
    private readonly Pipe _body = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));

    [Fact]
    public async Task Rest_IsReadToItsEnd_WhenItComes()
    {
        var reading = await StartAsync();
        for (var i = 0; i < 10; i++)
            await SendAsync();
        await _body.Writer.CompleteAsync();
        await reading.WaitAsync(Eventually.Deadline);
    }

    [Fact]
    public async Task Rest_IsGivenUp_WhenNothingComesForAWhile()
    {
        var reading = await StartAsync();
        await SendAsync();
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(reading.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(5));
        await reading.WaitAsync(Eventually.Deadline);
    }

    [Fact]
    public async Task Rest_IsGivenUp_WhenItComesDropByDrop()
    {
        var reading = await StartAsync();
        for (var seconds = 4; seconds <= 28; seconds += 4)
        {
            _time.Advance(TimeSpan.FromSeconds(4));
            await SendAsync();
            Assert.False(reading.IsCompleted);
        }

        _time.Advance(TimeSpan.FromSeconds(4));
        await SendAsync();

        await reading.WaitAsync(Eventually.Deadline);
    }

    private async Task<Task> StartAsync()
    {
        var started = _time.NextTimerAsync();
        var reading = Task.Run(() => LingeringClose.DiscardAsync(_body.Reader, _time, CancellationToken.None));
        await started;
        return reading;
    }

    private async Task SendAsync()
    {
        _body.Writer.Write("x"u8);
        await _body.Writer.FlushAsync();
    }
}
