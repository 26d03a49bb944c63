using System.IO.Pipelines;
using Ingestion.Api.Status.Framing;

namespace Ingestion.Tests.Unit.Status;

/// <summary>Reads messages off a pipe, as a socket does.</summary>
internal sealed class PipeMessages(PipeReader input, int longestMessage) : IDisposable
{
    private readonly MessageReader _reader = new(longestMessage);

    /// <summary>Null at the end of the pipe.</summary>
    public async Task<ClientMessage?> NextAsync()
    {
        while (true)
        {
            var read = await input.ReadAsync();
            var buffer = read.Buffer;
            var message = _reader.Take(ref buffer);
            input.AdvanceTo(buffer.Start, message is null ? read.Buffer.End : buffer.Start);
            if (message is not null || read.IsCompleted)
                return message;
        }
    }

    public void Dispose() => _reader.Dispose();
}
