using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using System.Net.Sockets;
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

    public SocketWriterTests() => _writer = WriterOf(_connection.Writer);

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

    [Theory]
    [InlineData(SocketError.TimedOut)]
    [InlineData(SocketError.HostUnreachable)]
    public async Task PeerThatTheKernelGivesUp_EndsTheWriter(SocketError error)
    {
        var writer = WriterOf(new GivenUpConnection(error));
        Assert.Equal(SendOutcome.Queued, writer.Send([0x81, 0]));
        Assert.False(await writer.EndedAsync().WaitAsync(Eventually.Deadline));
    }

    private SocketWriter WriterOf(PipeWriter connection)
    {
        var budget = new QueueBudget(long.MaxValue);
        return new SocketWriter(connection, _time, new SocketMetrics(_services.GetRequiredService<IMeterFactory>(), _time, budget), FrameCodec.Json, budget);
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

    /// <summary>What waits for it is not taken: not an error of a stream, but of the socket.</summary>
    private sealed class GivenUpConnection(SocketError error) : PipeWriter
    {
        public override Memory<byte> GetMemory(int sizeHint = 0) => new byte[Math.Max(sizeHint, 16)];

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void Advance(int bytes)
        {
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            ValueTask.FromException<FlushResult>(new SocketException((int)error));

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }
    }
}
