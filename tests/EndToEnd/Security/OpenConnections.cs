using System.Text;

namespace Ingestion.Tests.EndToEnd.Security;

/// <summary>One connection of each kind that stays open with a token: a socket, an event stream, a poll.</summary>
internal sealed class OpenConnections : IAsyncDisposable
{
    private static readonly byte[] _begin = Encoding.ASCII.GetBytes("retry:");

    // Never sent: reading on for it is to wait for the end.
    private static readonly byte[] _never = Encoding.ASCII.GetBytes("never sent");

    private readonly RawHttp _stream;
    private readonly RawHttp _poll;

    private OpenConnections(StatusClient socket, RawHttp stream, RawHttp poll) => (Socket, _stream, _poll) = (socket, stream, poll);

    public StatusClient Socket { get; }

    public static async Task<OpenConnections> OpenAsync(ApiClient api)
    {
        var end = (await api.GetJsonAsync("/api/events/poll?wait=0")).GetProperty("cursor").GetString();
        var (stream, poll) = (new RawHttp(api.Address), new RawHttp(api.Address));
        await stream.SendHeadAsync("GET /api/events HTTP/1.1", $"Authorization: Bearer {api.Token}");
        Assert.True(await stream.ReceivesAsync(_begin));
        await poll.SendHeadAsync($"GET /api/events/poll?after={end}&wait=60 HTTP/1.1", $"Authorization: Bearer {api.Token}");
        return new OpenConnections(await StatusClient.SubscribedAsync(api), stream, poll);
    }

    /// <summary>The socket is closed with this code; stream and poll end too.</summary>
    public async Task AreEndedAsync(int code)
    {
        await Socket.IsClosedAsync(code);
        Assert.False(await EndsWithAsync(_stream));
        Assert.False(await EndsWithAsync(_poll));
    }

    /// <summary>All of them stay open: the socket answers.</summary>
    public Task StayOpenAsync() => Socket.SoFarAsync();

    public async ValueTask DisposeAsync()
    {
        await Socket.DisposeAsync();
        _stream.Dispose();
        _poll.Dispose();
    }

    private static async Task<bool> EndsWithAsync(RawHttp http)
    {
        try
        {
            return await http.ReceivesAsync(_never);
        }
        catch (IOException)
        {
            // Reset.
            return false;
        }
    }
}
