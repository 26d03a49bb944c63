namespace Ingestion.Silo.Hosting;

/// <summary>The data folder, locked until this is disposed: two silos that write one folder would destroy each other's files.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string Settings = "--data (Ingestion:Data)";

    private const string LockFile = "lock";

    // What silos of any build have put into it. Other entries are the operator's.
    private static readonly string[] _entries = [LockFile, "keys", "state", "queue", "objects", "uploads", "staging", "audit", "scratch", StartProfile.Folder];

    private readonly FileStream _lock;

    private DataFolder(FileStream held, Tightened tightened) => (_lock, Tightened) = (held, tightened);

    /// <summary>What others could read until now.</summary>
    public Tightened Tightened { get; }

    /// <exception cref="StartException">It cannot be used.</exception>
    public static DataFolder Claim(string path)
    {
        path = Path.GetFullPath(path);
        if (File.Exists(path))
            throw StartException.OfEnvironment($"the data folder '{path}' is a file: choose a folder with {Settings}");
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(path, e);
        }

        var held = Lock(path);
        return new DataFolder(held, PrivateFiles.Tighten(path, _entries));
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path)
    {
        try
        {
            // The kernel drops the lock with the process, however it ends; the file itself stays and means nothing.
            return new FileStream(Path.Combine(path, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw NotWritable(path, e);
        }
        catch (IOException e)
        {
            throw Directory.EnumerateFileSystemEntries(path).Any(entry => Path.GetFileName(entry) == LockFile)
                ? StartException.OfEnvironment(
                    $"the data folder '{path}' is in use by another process: stop the other silo, or choose another folder with {Settings}", e)
                : NotWritable(path, e);
        }
    }

    private static StartException NotWritable(string path, Exception e) =>
        StartException.OfEnvironment($"the data folder '{path}' cannot be written ({e.Message.TrimEnd('.')}): choose another one with {Settings}", e);
}
