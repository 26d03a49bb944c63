using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Direct;

/// <summary>A source of known length, cut into parts.</summary>
internal readonly record struct DirectPlan(PartPlan Plan, long Length)
{
    /// <summary>How many parts there are.</summary>
    public int Count => Plan.PartOf(Length - 1).Number;

    /// <summary>Whether there is a part of this number.</summary>
    public bool Has(int number) => number >= 1 && number <= Count;

    /// <summary>Bytes of a part: all are full but the last.</summary>
    public long LengthOf(PartSpan part) => Math.Min(part.Size, Length - part.Offset);
}
