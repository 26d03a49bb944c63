using Ingestion.Backends.Disk;
using Ingestion.Videos;

namespace Ingestion.Backends.JobQueue.Files;

/// <summary>The dead letters are files in a folder: nothing has to be held while an operator looks at them.</summary>
internal sealed partial class FileJobQueue
{
    Task<long> IDeadLetters.CountAsync(CancellationToken cancellationToken) => OnDisk(folder => (long)folder.ListDeadLetters().Count, cancellationToken);

    Task<IReadOnlyList<DeadLetter>> IDeadLetters.TakeAsync(int max, CancellationToken cancellationToken) =>
        OnDisk<IReadOnlyList<DeadLetter>>(
            folder => [.. folder.ListDeadLetters().Take(max).Select(name => Read(folder, name)).OfType<DeadLetter>()], cancellationToken);

    Task<DeadLetter?> IDeadLetters.TakeAsync(string id, CancellationToken cancellationToken) =>
        OnDisk(folder => folder.ListDeadLetters().Contains(id) ? Read(folder, id) : null, cancellationToken);

    Task IDeadLetters.ReturnAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken) => Task.CompletedTask;

    Task IDeadLetters.RemoveAsync(DeadLetter letter, CancellationToken cancellationToken) =>
        OnDisk(
            folder =>
            {
                folder.RemoveDeadLetter(letter.Receipt);
                return true;
            },
            cancellationToken);

    private DeadLetter? Read(QueueFolder folder, string name) => folder.ReadDeadLetter(name) switch
    {
        null => null,
        ({ Job.VideoId.Length: > 0 } letter, _) =>
            new DeadLetter(name, letter.Job, Body: null, letter.Attempt, letter.Reason, letter.At, Receipt: name) { IsForeign = _source.IsForeign(letter.Job) },
        (_, var text) => new DeadLetter(
            name, Job: null, text[..Math.Min(text.Length, DeadLetter.LongestBody)], Attempts: null, Reason: null, At: null, Receipt: name),
    };

    private Task<T> OnDisk<T>(Func<QueueFolder, T> read, CancellationToken cancellationToken) =>
        DurableDisk.RunAsync((_folder, read), static state => state.read(state._folder), cancellationToken);
}
