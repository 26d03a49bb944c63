using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using System.Text;
using Ingestion.Api.Status.Codecs;
using Ingestion.Api.Status.Lanes;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;
using static Ingestion.Tests.Unit.Status.Entries;

namespace Ingestion.Tests.Unit.Status.Lanes;

/// <summary>When frames leave. The reader takes what is there, and no time passes by itself.</summary>
public sealed class SocketWriterTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly Pipe _connection = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly SocketWriter _writer;

    public SocketWriterTests()
    {
        var budget = new QueueBudget(long.MaxValue);
        var metrics = new SocketMetrics(_services.GetRequiredService<IMeterFactory>(), _time, budget);
        _writer = new SocketWriter(_connection.Writer, _time, metrics, FrameCodec.Json, budget);
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Entries_LeaveTogether_WhenTheyCameTogether()
    {
        Add(1, VideoStatus.Receiving);
        Add(2, VideoStatus.Queued);
        Assert.Equal(0, EventsRead());
        _writer.Flush();
        Assert.Equal(2, EventsRead());
    }

    [Fact]
    public void States_WaitForCompany_WhenOthersHaveJustGone()
    {
        Add(1, VideoStatus.Receiving);
        _writer.Flush();
        Assert.Equal(1, EventsRead());
        Add(2, VideoStatus.Queued);
        _writer.Flush();
        Assert.Equal(0, EventsRead());
        _time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(1, EventsRead());
    }

    [Fact]
    public void TerminalState_TakesAlongWhatWaits()
    {
        Add(1, VideoStatus.Receiving);
        _writer.Flush();
        Assert.Equal(1, EventsRead());
        Add(2, VideoStatus.Queued);
        _writer.Flush();
        Add(3, VideoStatus.Ready);
        _writer.Flush();
        Assert.Equal(2, EventsRead());
    }

    private void Add(long offset, VideoStatus status) =>
        Assert.Equal(SendOutcome.Queued, _writer.Add(new Cursor("k7", offset), Entry(offset, status: status).Event, replay: false));

    /// <summary>How many events have come since.</summary>
    private int EventsRead()
    {
        if (!_connection.Reader.TryRead(out var result))
            return 0;
        var text = Encoding.UTF8.GetString(result.Buffer);
        _connection.Reader.AdvanceTo(result.Buffer.End);
        return text.Split("\"op\":\"evt\"").Length - 1;
    }
}
