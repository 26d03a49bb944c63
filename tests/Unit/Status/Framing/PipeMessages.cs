using System.IO.Pipelines;
using Ingestion.Api.Status.Framing;

namespace Ingestion.Tests.Unit.Status.Framing;

/// <summary>Reads messages off a pipe, as a socket does.</summary>
internal sealed class PipeMessages(PipeReader input, int longestMessage, bool inflates = false) : IDisposable
{
    private readonly MessageReader _reader = new(longestMessage, inflates);

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

    /// <summary>All up to the end of the pipe, or to what can't be read: kind and bytes.</summary>
    public async Task<List<string>> AllAsync()
    {
        var messages = new List<string>();
        while (await NextAsync() is { } message)
        {
            messages.Add($"{message.Kind} {message.Payload.Length}");
            if (message.Kind is MessageKind.Broken)
                return messages;
        }

        messages.Add("Gone");
        return messages;
    }

    public void Dispose() => _reader.Dispose();
}
