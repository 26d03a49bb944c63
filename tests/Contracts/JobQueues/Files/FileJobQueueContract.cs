using System.Text.Json;
using Ingestion.Tests.Contracts.JobQueues.Contract;
using Ingestion.Videos;

namespace Ingestion.Tests.Contracts.JobQueues.Files;

public sealed class FileJobQueueContract : JobQueueContract
{
    private readonly QueueInFolder _folder = new() { PollSeconds = (int)Poll.TotalSeconds };

    protected override IDeadLetters DeadLetters => (IDeadLetters)Queue;

    protected override Task AddForeignLetterAsync(string body) => File.WriteAllTextAsync(Path.Combine(_folder.Folder, "dead", "000000000099.json"), body);

    protected override Task<IJobQueue> OpenAsync() => Task.FromResult<IJobQueue>(_folder.Open());

    protected override async Task<IReadOnlyList<ReceivedJob>> PollAsync(int max, TimeSpan visibility)
    {
        var waiting = _folder.Time.NextTimerAsync();
        var receiving = Queue.ReceiveAsync(max, visibility, CancellationToken.None);
        if (await Task.WhenAny(receiving, waiting) != receiving)
            _folder.Time.Advance(Poll);
        return await receiving;
    }

    protected override Task<IReadOnlyList<LetterView>> ReadDeadLettersAsync() => Task.FromResult<IReadOnlyList<LetterView>>(
        [.. Directory.GetFiles(Path.Combine(_folder.Folder, "dead"), "*.json").Select(ReadDeadLetter)]);

    public override Task DisposeAsync() => _folder.CloseAsync();

    private static LetterView ReadDeadLetter(string path)
    {
        var letter = JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
        return new LetterView(
            letter.GetProperty("job").GetProperty("videoId").GetString()!,
            letter.GetProperty("attempt").GetInt32(),
            letter.GetProperty("reason").GetString()!);
    }
}
