using System.Globalization;
using System.Security.Cryptography;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>What lies in a silo's data folder: the proof that bad input leaves nothing behind.</summary>
internal sealed class DataFolder(string path)
{
    private static readonly string[] _folders = ["objects", "uploads", "state"];

    public string[] Uploads => Files("uploads");

    public string[] Objects => Files("objects");

    public string[] State => Files("state");

    /// <summary>
    /// Every file with its length and hash, and the number of jobs. Journals are left out: the start and failure of an upload are published to its owner.
    /// </summary>
    public string Snapshot()
    {
        var files = _folders.SelectMany(Files).Where(file => !file.StartsWith("state/status/", StringComparison.Ordinal))
            .Select(file => $"{file} {Describe(Path.Combine(path, file))}");
        return string.Join('\n', [.. files, $"jobs {Jobs()}"]);
    }

    /// <summary>Jobs that wait or are in flight, as the journal of the queue has them.</summary>
    public int Jobs()
    {
        var jobs = new HashSet<long>();
        using var journal = new StreamReader(new FileStream(
            Path.Combine(path, "queue", "journal.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        var text = journal.ReadToEnd();
        // A last line without its end is being written right now.
        foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var record = JsonSerializer.Deserialize<JsonElement>(line.Split(' ', 3)[2]);
            var op = record.GetProperty("op").GetString();
            if (op is "Put")
                jobs.Add(record.GetProperty("id").GetInt64());
            else if (op is "Done" or "Dead")
                jobs.Remove(record.GetProperty("id").GetInt64());
        }

        return jobs.Count;
    }

    /// <summary>Waits until every job is done: nothing changes any more then.</summary>
    public Task UntilQuietAsync() => Eventually.TrueAsync(() => Jobs() == 0 && Uploads.Length == 0, "the silo has nothing left to do");

    private string[] Files(string folder)
    {
        var root = Path.Combine(path, folder);
        return Directory.Exists(root)
            ? [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(path, file))
                .Order(StringComparer.Ordinal)]
            : [];
    }

    private static string Describe(string file)
    {
        var content = File.ReadAllBytes(file);
        return string.Create(CultureInfo.InvariantCulture, $"{content.Length} {Convert.ToHexStringLower(SHA256.HashData(content))}");
    }
}
