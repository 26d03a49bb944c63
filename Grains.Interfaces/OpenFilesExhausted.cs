using System.Net.Sockets;

namespace Ingestion;

/// <summary>Recognises that the process, or the machine, may open no further file or socket among other faults. It passes by itself.</summary>
public static class OpenFilesExhausted
{
    // errno values on Linux; .NET puts the raw errno into HResult there.
    private const int ProcessHasTooMany = 24;
    private const int MachineHasTooMany = 23;

    /// <summary>Whether the exception, or one of its causes, means that.</summary>
    public static bool Is(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is SocketException { SocketErrorCode: SocketError.TooManyOpenSockets }
                || (exception is IOException && exception.HResult is ProcessHasTooMany or MachineHasTooMany))
                return true;
        }

        return false;
    }
}
