using Ingestion.Api.Http;
using Ingestion.Api.Http.Connections;

namespace Ingestion.Silo.Hosting;

internal static class Listener
{
    // What may be read ahead of us on one connection. The transport's default of 1 MiB makes 300 uploads hold 300 MB that nothing needs.
    private const int ReadAheadBytes = 32 * 1024;

    // What may wait for the network on one connection, beside what the kernel takes, when the next write comes. No figure shows it, and nothing can be left out
    // of it: with the transport's default of 64 KiB ten thousand sockets took 160 MiB while broadcasts came faster than the processor could send them.
    private const int WriteBehindBytes = 8 * 1024;

    // Connections that wait to be accepted. A rush of more than the transport's default of 512 is thrown away by the kernel, and its clients try again after
    // 1, 3 and 7 s.
    private const int Backlog = 4096;

    // An id of 10 kB is answered with 404 like every other that is none, not with a bare 414.
    private const int LongestRequestLine = 32 * 1024;

    public static void AddListener(this WebApplicationBuilder builder)
    {
        builder.WebHost.UseSockets(sockets =>
        {
            sockets.MaxReadBufferSize = ReadAheadBytes;
            sockets.MaxWriteBufferSize = WriteBehindBytes;
            sockets.Backlog = Backlog;
            // What a receive brings is handled where it arrived instead of waking another thread for it. Nothing here blocks, so nothing waits behind it.
            sockets.UnsafePreferInlineScheduling = true;
        });
        builder.Services.AddConnectionLimits().AddSafeAnswers();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBufferSize = ReadAheadBytes;
            kestrel.Limits.MaxRequestLineSize = LongestRequestLine;
            // JSON bodies are small; an upload lifts this for itself.
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
        });
    }
}
