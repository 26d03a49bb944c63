using System.Globalization;
using System.Text.Json;
using Ingestion.Backends.Disk;

namespace Ingestion.Backends.JobQueue.Files;

/// <summary>The folder of one queue, locked until this is disposed: two processes that append to one journal would destroy it.</summary>
internal sealed class QueueFolder : IDisposable
{
    private const string LetterEnding = ".json";

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
    public void WriteDeadLetter(StoredLetter letter)
    {
        var name = letter.Id.ToString("D12", CultureInfo.InvariantCulture) + LetterEnding;
        DurableDisk.ReplaceFile(Path.Combine(_dead, name), JsonSerializer.SerializeToUtf8Bytes(letter, StoredLetterJson.Default.StoredLetter));
    }

    /// <summary>The names of the dead letters, oldest first.</summary>
    public List<string> ListDeadLetters() =>
        [.. Directory.EnumerateFiles(_dead, "*" + LetterEnding).Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    /// <summary>The dead letter of this name, one of <see cref="ListDeadLetters"/>; null when it is gone. What can't be read is its text.</summary>
    public (StoredLetter? Letter, string Text)? ReadDeadLetter(string name)
    {
        try
        {
            var text = File.ReadAllText(LetterPath(name));
            try
            {
                return (JsonSerializer.Deserialize(text, StoredLetterJson.Default.StoredLetter), text);
            }
            catch (JsonException)
            {
                return (null, text);
            }
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Removes a dead letter for good; nothing happens when it is gone.</summary>
    public void RemoveDeadLetter(string name)
    {
        File.Delete(LetterPath(name));
        DurableDisk.FlushFolder(_dead);
    }

    public void Dispose() => _lock.Dispose();

    private string LetterPath(string name) => Path.Combine(_dead, name + LetterEnding);
}
