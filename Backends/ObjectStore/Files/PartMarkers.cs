using System.Globalization;
using System.Text;
using Ingestion.Backends.Disk;
using Ingestion.Uploads;

namespace Ingestion.Backends.ObjectStore.Files;

/// <summary>
/// Which parts of a direct upload are whole: one small file a part in <c>uploads/{id}.parts/</c>, with its length and tag, written once its
/// bytes are durable and removed before they are written over. All of it blocks.
/// </summary>
internal sealed class PartMarkers(string folder)
{
    /// <summary>Whether this is a direct upload.</summary>
    public bool Exist => Directory.Exists(folder);

    public void Begin() => DurableDisk.CreateFolder(folder);

    public void Set(UploadPart part) =>
        DurableDisk.ReplaceFile(PathOf(part.Number), Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{part.Length} {part.ETag}")));

    /// <summary>From now on the part counts as missing, after a crash too.</summary>
    public void Clear(int number)
    {
        if (!File.Exists(PathOf(number)))
            return;
        File.Delete(PathOf(number));
        DurableDisk.FlushFolder(folder);
    }

    /// <summary>By number.</summary>
    public List<UploadPart> Read(Func<int, PartSpan> spanOf)
    {
        var parts = new List<UploadPart>();
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            if (!int.TryParse(Path.GetFileName(file), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                continue;
            if (File.ReadAllText(file).Split(' ') is [var length, var tag])
                parts.Add(new UploadPart(number, spanOf(number).Offset, long.Parse(length, CultureInfo.InvariantCulture), tag));
        }

        parts.Sort((a, b) => a.Number.CompareTo(b.Number));
        return parts;
    }

    /// <summary>Whether each of these parts is there as described.</summary>
    public bool Match(IReadOnlyList<UploadPart> parts)
    {
        var stored = Read(number => new PartSpan(number, 0, 0)).ToDictionary(part => part.Number);
        return parts.All(part => stored.GetValueOrDefault(part.Number) == part with { Offset = 0 });
    }

    public void Delete()
    {
        if (Exist)
            Directory.Delete(folder, recursive: true);
    }

    private string PathOf(int number) => Path.Combine(folder, number.ToString(CultureInfo.InvariantCulture));
}
