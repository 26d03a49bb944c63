namespace Ingestion.Bench.StatusLoad;

/// <summary>A real video of 64 KB, as anything else is refused once its first bytes have come. What is behind its end differs each time.</summary>
internal static class SmallVideo
{
    private const int Bytes = 64 * 1024;

    public static byte[] Make()
    {
        var file = new byte[Bytes];
        using var sample = typeof(SmallVideo).Assembly.GetManifestResourceStream("sample.mp4")!;
        var length = sample.ReadAtLeast(file, file.Length, throwOnEndOfStream: false);
        Random.Shared.NextBytes(file.AsSpan(length));
        return file;
    }
}
