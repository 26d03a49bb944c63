namespace Ingestion.Uploads;

/// <summary>
/// How a source is cut into parts. All have one size (some stores insist on that); only where neither the length nor a limit bounds the
/// number of parts, the size doubles every <paramref name="DoublesEvery"/> parts, for as long as it stays below 2 GiB.
/// </summary>
/// <param name="Size">Bytes of the first part; of every part but the last where sizes don't double.</param>
/// <param name="DoublesEvery">Parts of one size before it doubles; 0: never.</param>
[GenerateSerializer, Immutable, Alias("ingestion.part-plan")]
public readonly record struct PartPlan([property: Id(0)] int Size, [property: Id(1)] int DoublesEvery = 0)
{
    /// <summary>What S3 and its kin allow.</summary>
    public const int MostParts = 10_000;

    /// <summary>Bytes that so many parts hold, in whole mebibytes below 2 GiB each.</summary>
    public const long MostBytes = (long)MostParts * (int.MaxValue / Mebibyte * Mebibyte);

    private const int Mebibyte = 1024 * 1024;

    // A part below 2 GiB is 1 GiB or more: of 5 MiB first, the smallest that S3 takes, it is reached with 4,000 parts, and the others hold 5 TiB and more.
    private const int DoublingParts = 500;

    /// <summary>
    /// The plan for <paramref name="length"/> bytes, with parts of at least <paramref name="smallest"/>. Of an unknown length at most
    /// <paramref name="largest"/> bytes will come: equal parts if <see cref="MostParts"/> of the smallest hold that, doubling ones otherwise.
    /// </summary>
    public static PartPlan For(long? length, long largest, int smallest)
    {
        if (length is null && largest > (long)MostParts * smallest)
            return new PartPlan(smallest, DoublingParts);
        var needed = ((length ?? 0) / MostParts) + ((length ?? 0) % MostParts > 0 ? 1 : 0);
        var whole = (needed + Mebibyte - 1) / Mebibyte * Mebibyte;
        return new PartPlan((int)Math.Clamp(whole, smallest, int.MaxValue / Mebibyte * Mebibyte));
    }

    /// <summary>
    /// Smallest and largest size of parts that a client may choose for <paramref name="length"/> bytes: what S3 takes, in at most
    /// <see cref="MostParts"/> parts.
    /// </summary>
    public static (long Smallest, long Largest) SizesFor(long length) => (Math.Max(5 * Mebibyte, ((length - 1) / MostParts) + 1), int.MaxValue);

    /// <summary>The part of a number from 1.</summary>
    public PartSpan Part(int number)
    {
        if (DoublesEvery == 0)
            return new PartSpan(number, (number - 1L) * Size, Size);
        long size = Size, start = 0;
        var first = 1;
        for (; number - first >= DoublesEvery && CanDouble(size); size *= 2)
        {
            start += size * DoublesEvery;
            first += DoublesEvery;
        }

        return new PartSpan(number, start + ((number - first) * size), (int)size);
    }

    /// <summary>The part that starts at <paramref name="offset"/>; null when none does.</summary>
    public PartSpan? PartAt(long offset)
    {
        var span = PartOf(offset);
        return span.Offset == offset ? span : null;
    }

    /// <summary>The part that holds the byte at <paramref name="offset"/>.</summary>
    public PartSpan PartOf(long offset)
    {
        if (DoublesEvery == 0)
            return new PartSpan((int)(offset / Size) + 1, offset / Size * Size, Size);
        long size = Size, start = 0;
        var number = 1;
        for (; offset - start >= size * DoublesEvery && CanDouble(size); size *= 2)
        {
            start += size * DoublesEvery;
            number += DoublesEvery;
        }

        var place = (offset - start) / size;
        return new PartSpan(number + (int)place, start + (place * size), (int)size);
    }

    private static bool CanDouble(long size) => size <= int.MaxValue / 2;
}

/// <summary>A part's place in its source.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Offset">Its first byte.</param>
/// <param name="Size">Bytes it holds when full.</param>
public readonly record struct PartSpan(int Number, long Offset, int Size);
