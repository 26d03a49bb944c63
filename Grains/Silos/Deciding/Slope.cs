namespace Ingestion.Grains.Silos.Deciding;

/// <summary>By how much memory rises a second: the straight line through the samples of the last ten seconds (least squares).</summary>
internal sealed class Slope
{
    // Ten seconds of samples, with some to spare for ones that come faster.
    private const int MostSamples = 64;

    private const int FewestSamples = 8;

    private static readonly TimeSpan _window = TimeSpan.FromSeconds(10);

    // A shorter span shows one allocation rather than a trend.
    private static readonly TimeSpan _shortest = TimeSpan.FromSeconds(2);

    private readonly (TimeSpan At, long Bytes)[] _samples = new (TimeSpan, long)[MostSamples];
    private int _first;
    private int _count;

    /// <summary>Bytes a second; 0 until there are samples of two seconds.</summary>
    public double BytesPerSecond { get; private set; }

    /// <summary>Takes a sample, later than the one before.</summary>
    public void Add(TimeSpan at, long bytes)
    {
        if (_count == MostSamples)
            DropFirst();
        _samples[(_first + _count++) % MostSamples] = (at, bytes);
        while (at - _samples[_first].At > _window)
            DropFirst();
        BytesPerSecond = Fit();
    }

    /// <summary>Time until <paramref name="bytes"/> more are used at this pace; null when that is never.</summary>
    public TimeSpan? Until(double bytes)
    {
        var seconds = bytes / BytesPerSecond;
        return BytesPerSecond > 0 && seconds < TimeSpan.FromDays(1).TotalSeconds ? TimeSpan.FromSeconds(Math.Max(0, seconds)) : null;
    }

    private void DropFirst() => (_first, _count) = ((_first + 1) % MostSamples, _count - 1);

    private double Fit()
    {
        var (begin, last) = (_samples[_first], _samples[(_first + _count - 1) % MostSamples]);
        if (_count < FewestSamples || last.At - begin.At < _shortest)
            return 0;
        double x = 0, y = 0, xx = 0, xy = 0;
        for (var i = 0; i < _count; i++)
        {
            var (at, bytes) = _samples[(_first + i) % MostSamples];
            // From the first sample: squares of large numbers would lose what matters.
            var (seconds, grown) = ((at - begin.At).TotalSeconds, (double)(bytes - begin.Bytes));
            (x, y, xx, xy) = (x + seconds, y + grown, xx + (seconds * seconds), xy + (seconds * grown));
        }

        return ((_count * xy) - (x * y)) / ((_count * xx) - (x * x));
    }
}
