using Ingestion.Api.Stopping;
using Ingestion.Silos.Recycling;

namespace Ingestion.Silo.Hosting;

/// <summary>
/// How the process ends: as it was requested from outside, or because the silo recycles itself. Its supervisor distinguishes them by the exit code.
/// </summary>
internal sealed class SiloEnd(SiloStop stop, StopTimes times) : ISiloEnd
{
    /// <summary>EX_TEMPFAIL of sysexits.h: the supervisor is to start the silo again.</summary>
    public const int ExitOfRecycle = 75;

    private readonly Lock _gate = new();
    private bool _recycles;
    private bool _requested;

    public TimeSpan Longest => times.Unready + times.Shutdown;

    public int ExitCode
    {
        get
        {
            lock (_gate)
                return _recycles && !_requested ? ExitOfRecycle : 0;
        }
    }

    public bool Begin()
    {
        lock (_gate)
        {
            if (_requested || stop.Announced.IsCancellationRequested)
                return false;
            _recycles = true;
        }

        stop.Announce();
        return true;
    }

    /// <summary>The end is requested from outside. A silo that recycles itself already ends for good.</summary>
    /// <returns>False when the silo was already on its way.</returns>
    public bool Request()
    {
        lock (_gate)
        {
            _requested = true;
            if (_recycles)
                return false;
        }

        stop.Announce();
        return true;
    }
}
