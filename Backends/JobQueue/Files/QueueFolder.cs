using System.Globalization;
using System.Text.Json;
using Ingestion.Backends.Disk;

namespace Ingestion.Backends.JobQueue.Files;

/// <summary>The folder of one queue, locked until this is disposed: two processes that append to one journal would destroy it.</summary>
internal sealed class QueueFolder : IDisposable
{
    private readonly string _dead;
    private readonly FileStream _lock;

    /// <summary>Makes the folder and locks it.</summary>
    /// <exception cref="InvalidOperationException">Another process, or another queue of this one, has it.</exception>
    public QueueFolder(string path)
    {
        path = Path.GetFullPath(path);
        _dead = Path.Combine(path, "dead");
        var isNew = !Directory.Exists(path);
        Directory.CreateDirectory(_dead);
        if (isNew && Path.GetDirectoryName(path) is { } parent)
            DurableDisk.FlushFolder(parent);
        JournalPath = Path.Combine(path, "journal.log");
        try
        {
            // The kernel drops the lock with the process, however it ends; the file itself stays and means nothing.
            _lock = new FileStream(Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            throw new InvalidOperationException(
                $"The job queue folder '{path}' is in use by another process. "
                + "One process owns it: stop the other one, or give this one its own folder.",
                exception);
        }
    }

    public string JournalPath { get; }

    /// <summary>Keeps a dead letter. Writing the same one again replaces it: a crash may come between this and the journal.</summary>
    public void WriteDeadLetter(DeadLetter letter)
    {
        var name = letter.Id.ToString("D12", CultureInfo.InvariantCulture) + ".json";
        DurableDisk.ReplaceFile(Path.Combine(_dead, name), JsonSerializer.SerializeToUtf8Bytes(letter, DeadLetterJson.Default.DeadLetter));
    }

    public void Dispose() => _lock.Dispose();
}
