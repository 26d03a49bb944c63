namespace Ingestion.Silo.Worker;

/// <summary>How far a job is, as its processing sets it and its worker reports it. Safe for both at once.</summary>
internal sealed class JobProgress
{
    private readonly Lock _gate = new();
    private Point _now = new(Step: null, Percent: 0);

    /// <summary>A step begins.</summary>
    /// <param name="step">Its name.</param>
    /// <param name="from">Percent of the whole job at its begin.</param>
    /// <param name="to">Percent of the whole job at its end.</param>
    /// <returns>Sets how much of the step is done, from 0 to 1. It never moves back.</returns>
    public Action<double> Begin(string step, int from, int to)
    {
        Set(step, from);
        return done => Set(step, from + (int)((to - from) * Math.Clamp(double.IsNaN(done) ? 0 : done, 0, 1)));
    }

    /// <summary>Where it is.</summary>
    public Point Read()
    {
        lock (_gate)
            return _now;
    }

    private void Set(string step, int percent)
    {
        lock (_gate)
        {
            if (percent >= _now.Percent)
                _now = new Point(step, percent);
        }
    }

    /// <param name="Step">What is being done; null before the first step.</param>
    /// <param name="Percent">0–100, of all steps together.</param>
    internal readonly record struct Point(string? Step, int Percent);
}
