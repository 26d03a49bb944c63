using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Silos.Evidence;

/// <summary>Where evidence of leaks is kept: a folder of this silo alone.</summary>
/// <param name="Path">Made when the first file comes; null: nothing is kept.</param>
public sealed record EvidenceFolder(string? Path);

/// <summary>The last files of evidence. A disk that takes none is a warning, and no more.</summary>
internal sealed partial class EvidenceFiles(EvidenceFolder folder, TimeProvider time, ILogger<EvidenceFiles> logger)
{
    private const int Most = 8;

    // What is written lists a bounded number of names of bounded length; this is for the case that they are odd.
    private const int LongestBytes = 1024 * 1024;
    private const string Pattern = "memory-*.json";

    /// <summary>Keeps a file, and removes the oldest beyond eight. Its path; null when it could not be kept.</summary>
    public async Task<string?> KeepAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        if (folder.Path is not { } path || json.Length > LongestBytes)
            return null;
        try
        {
            Directory.CreateDirectory(path);
            var name = string.Create(CultureInfo.InvariantCulture, $"memory-{time.GetUtcNow():yyyyMMdd'T'HHmmss.fff'Z'}.json");
            var (file, part) = (Path.Combine(path, name), Path.Combine(path, "part"));
            await File.WriteAllBytesAsync(part, json, cancellationToken);
            File.Move(part, file, overwrite: true);
            // Names are in the order of their times.
            foreach (var old in Directory.GetFiles(path, Pattern).OrderDescending(StringComparer.Ordinal).Skip(Most))
                File.Delete(old);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotKept(e, path);
            return null;
        }
    }

    [LoggerMessage(EventName = "EvidenceNotKept", Level = LogLevel.Warning, Message = "Evidence of the silo's memory could not be kept in {Folder}")]
    private partial void LogNotKept(Exception exception, string folder);
}
