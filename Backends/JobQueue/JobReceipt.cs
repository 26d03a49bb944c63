using System.Globalization;

namespace Ingestion.Backends.JobQueue;

/// <summary>Names one delivery. The session makes a receipt worthless after a restart, when the job may be delivered under the same attempt again.</summary>
internal readonly record struct JobReceipt(string Session, long Id, int Attempt)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Session}.{Id}.{Attempt}");

    public static bool TryParse(string? text, out JobReceipt receipt)
    {
        receipt = default;
        if (text?.Split('.') is not [var session, var id, var attempt]
            || !long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !int.TryParse(attempt, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        receipt = new JobReceipt(session, number, count);
        return true;
    }
}
