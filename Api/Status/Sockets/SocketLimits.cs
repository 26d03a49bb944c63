namespace Ingestion.Api.Status.Sockets;

/// <summary>Limits that need no tuning in an incident.</summary>
internal static class SocketLimits
{
    /// <summary>Largest frame a client may send, in bytes. Ours of clients are tiny; a token refresh is the largest.</summary>
    public const int LargestFrame = 64 * 1024;

    /// <summary>Channels in one subscription.</summary>
    public const int MostChannels = 64;

    /// <summary>How long a peer has to answer a close.</summary>
    public static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(5);
}
