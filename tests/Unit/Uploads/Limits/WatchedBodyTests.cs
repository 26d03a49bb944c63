using System.IO.Pipelines;
using Ingestion.Api.Uploads.Limits;

namespace Ingestion.Tests.Unit.Uploads.Limits;

public class WatchedBodyTests
{
    /// <summary>As when a client leaves while what it has sent waits for memory.</summary>
    [Fact]
    public async Task ServerReadsOn_WhenTheReaderEndedWithinWhatItHadRead()
    {
        var (pipe, time) = (new Pipe(), new ManualTime());
        await pipe.Writer.WriteAsync(new byte[100]);
        using (var body = new WatchedBody(pipe.Reader, new ClientWatch(1, TimeSpan.FromSeconds(10), time), time, CancellationToken.None))
            Assert.Equal(100, (await body.ReadAsync()).Buffer.Length);

        Assert.Equal(100, (await pipe.Reader.ReadAsync()).Buffer.Length);
    }
}
