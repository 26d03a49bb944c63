namespace Ingestion.Tests.Unit.Silos.Sensing;

/// <summary>A made-up root of a file system, with the files that the readers look at.</summary>
internal sealed class FileTree : IDisposable
{
    private readonly TempFolder _folder = new();

    public string Root => _folder.Path;

    public FileTree Write(string path, string text)
    {
        var file = Path.Combine(Root, path.TrimStart('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return this;
    }

    public void Dispose() => _folder.Dispose();
}
