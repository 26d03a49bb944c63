using System.Text;

namespace Ingestion.Tests.Support.WebSockets;

/// <summary>What a client sends after its handshake, and what must come back.</summary>
/// <param name="Clause">Of the RFC that demands it.</param>
/// <param name="What">The case.</param>
/// <param name="Sent">Frames, right or wrong.</param>
/// <param name="Answers">
/// In order: <c>message</c> for the answer to one text message, <c>pong:hex</c>, and <c>close:code</c> as the last.
/// </param>
public sealed record WireCase(string Clause, string What, byte[] Sent, params string[] Answers)
{
    /// <summary>The name of the test.</summary>
    public string Name => $"{Clause}: {What}";

    /// <summary>A text message that both servers answer with one: the echo with itself, <c>/ws</c> with a pong.</summary>
    public static byte[] Message { get; } = Encoding.ASCII.GetBytes("""{"op":"ping","ts":1}""");

    /// <summary>The same with something in a field that nobody reads.</summary>
    public static byte[] MessageWith(params ReadOnlySpan<byte> bytes) => [.. """{"op":"ping","ts":1,"x":" """u8.Trim((byte)' '), .. bytes, .. "\"}"u8];
}
