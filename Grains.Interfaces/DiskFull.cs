using Ingestion.Uploads;

namespace Ingestion;

/// <summary>
/// Recognises a full disk among other faults. Here and not in Backends, because grains and the edge answer it in their own way and may not
/// reference Backends.
/// </summary>
public static class DiskFull
{
    // errno values on Linux; .NET puts the raw errno into HResult there, and the Win32 codes on Windows.
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>Whether the exception, or one of its causes, means that there is no room.</summary>
    public static bool Is(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is ObjectStoreFullException || (exception is IOException && exception.HResult is NoSpace or QuotaExceeded or WindowsDiskFull))
                return true;
        }

        return false;
    }
}
