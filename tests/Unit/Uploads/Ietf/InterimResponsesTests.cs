using System.IO.Pipelines;
using System.Text;
using Ingestion.Api.Uploads.Ietf;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ingestion.Tests.Unit.Uploads.Ietf;

public class InterimResponsesTests
{
    private readonly ManualTime _time = new();
    private readonly Connection _connection = new();

    [Theory]
    [InlineData("HTTP/2", "8")]
    [InlineData("HTTP/3", "8")]
    [InlineData("HTTP/1.0", "8")]
    [InlineData("HTTP/1.1", "7")]
    [InlineData("HTTP/1.1", "")]
    public void None_CanBeSent_WhenTheRequestIs(string protocol, string version) => Assert.Null(InterimResponses.For(Context(protocol, version), _time));

    [Fact]
    public void None_CanBeSent_WhenTheServerShowsNoTransport() =>
        Assert.Null(InterimResponses.For(new DefaultHttpContext { Request = { Protocol = "HTTP/1.1", Headers = { [IetfFields.Version] = "8" } } }, _time));

    [Fact]
    public async Task Announcement_IsOneInterimResponse_WhenSent()
    {
        var interim = InterimResponses.For(Context(), _time)!;
        await interim.AnnounceAsync("https://example.org/api/uploads/x", "max-size=5");
        Assert.Equal(
            "HTTP/1.1 104 Upload Resumption Supported\r\nUpload-Draft-Interop-Version: 8\r\n"
            + "Location: https://example.org/api/uploads/x\r\nUpload-Limit: max-size=5\r\n\r\n",
            await _connection.SentAsync());
    }

    [Fact]
    public async Task Progress_IsSentAFewTimesASecondAndOnlyForward_WhenItComesOften()
    {
        var interim = InterimResponses.For(Context(), _time)!;
        await interim.SendOffsetAsync(10);
        _time.Advance(TimeSpan.FromMilliseconds(299));
        await interim.SendOffsetAsync(20);
        Assert.Equal("", await _connection.SentAsync());

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await interim.SendOffsetAsync(30);
        await interim.SendOffsetAsync(40);
        Assert.Equal("HTTP/1.1 104 Upload Resumption Supported\r\nUpload-Draft-Interop-Version: 8\r\nUpload-Offset: 30\r\n\r\n", await _connection.SentAsync());

        _time.Advance(TimeSpan.FromSeconds(1));
        await interim.SendOffsetAsync(30);
        Assert.Equal("", await _connection.SentAsync());
    }

    [Fact]
    public async Task Nothing_IsSent_WhenTheClientHasLeft()
    {
        var context = Context();
        var interim = InterimResponses.For(context, _time)!;
        context.RequestAborted = new CancellationToken(canceled: true);
        await interim.AnnounceAsync("x", "y");
        Assert.Equal("", await _connection.SentAsync());
    }

    /// <summary>A client that does not read the responses it requested must not block its own upload for ever.</summary>
    [Fact]
    public async Task Connection_IsAborted_WhenTheClientDoesNotRead()
    {
        var context = Context();
        var interim = InterimResponses.For(context, _time)!;
        // More than the connection holds unread.
        var sending = interim.AnnounceAsync(new string('x', Connection.Holds), "y");
        Assert.False(sending.IsCompleted);
        Assert.False(_connection.IsAborted);
        _time.Advance(TimeSpan.FromSeconds(5));
        await sending;
        Assert.True(_connection.IsAborted);
    }

    [Fact]
    public async Task Connection_IsAborted_WhenItIsBroken()
    {
        var interim = InterimResponses.For(Context(), _time)!;
        await _connection.BreakAsync();
        await interim.AnnounceAsync("x", "y");
        Assert.True(_connection.IsAborted);
    }

    private DefaultHttpContext Context(string protocol = "HTTP/1.1", string version = "8")
    {
        var context = new DefaultHttpContext { Request = { Protocol = protocol, Headers = { [IetfFields.Version] = version } } };
        context.Features.Set<IConnectionTransportFeature>(_connection);
        context.Features.Set<IHttpRequestLifetimeFeature>(_connection);
        return context;
    }

    private sealed class Connection : IConnectionTransportFeature, IHttpRequestLifetimeFeature, IDuplexPipe
    {
        public const int Holds = 4096;

        private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: Holds, resumeWriterThreshold: 1));

        public IDuplexPipe Transport { get => this; set => throw new NotSupportedException(); }

        public PipeReader Input => throw new NotSupportedException();

        public PipeWriter Output => _pipe.Writer;

        public CancellationToken RequestAborted { get; set; }

        public bool IsAborted { get; private set; }

        public void Abort() => IsAborted = true;

        public Task BreakAsync() => _pipe.Writer.CompleteAsync().AsTask();

        public async Task<string> SentAsync()
        {
            if (!_pipe.Reader.TryRead(out var read))
                return "";
            var text = Encoding.ASCII.GetString(read.Buffer);
            _pipe.Reader.AdvanceTo(read.Buffer.End);
            await Task.CompletedTask;
            return text;
        }
    }
}
