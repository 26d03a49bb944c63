using System.Globalization;

namespace Ingestion.Tests.Unit.Infrastructure;

/// <summary>
/// Tries a statement on many random histories. A failure names the seed of its history; with that number in the environment variable
/// <c>INGESTION_TEST_SEED</c> the same history comes first.
/// </summary>
internal static class Histories
{
    private static readonly int _first = int.TryParse(Environment.GetEnvironmentVariable("INGESTION_TEST_SEED"), CultureInfo.InvariantCulture, out var seed)
        ? seed
        : Random.Shared.Next(1_000_000_000);

    public static void Check(int count, Action<Random> history)
    {
        for (var seed = _first; seed < _first + count; seed++)
        {
            try
            {
                history(new Random(seed));
            }
            catch (Exception e)
            {
                throw new HistoryFailedException(seed, e);
            }
        }
    }

    public static async Task CheckAsync(int count, Func<Random, Task> history)
    {
        for (var seed = _first; seed < _first + count; seed++)
        {
            try
            {
                await history(new Random(seed));
            }
            catch (Exception e)
            {
                throw new HistoryFailedException(seed, e);
            }
        }
    }
}

/// <summary>Names the history that broke a statement.</summary>
internal sealed class HistoryFailedException(int seed, Exception cause)
    : Exception($"The history with seed {seed} fails (INGESTION_TEST_SEED={seed} repeats it): {cause.Message}", cause);
