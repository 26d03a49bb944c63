using System.Text.Json;
using Ingestion.Tests.Contracts.JobQueues.Contract;
using Ingestion.Tests.Support.Servers;
using Ingestion.Videos;
using Xunit;

namespace Ingestion.Tests.Contracts.JobQueues.Sqs;

/// <summary>The emulator's clock can't be moved: a poll takes its time there, which is what long polls are for.</summary>
[NeedsPrograms(NpmServer.Node, NpmServer.Npm)]
public sealed class SqsJobQueueContract(SqsEmulator emulator) : JobQueueContract, IClassFixture<SqsEmulator>
{
    private SqsQueues? _queues;

    protected override IDeadLetters DeadLetters => _queues!.DeadLetters;

    protected override Task AddForeignLetterAsync(string body) => _queues!.AddDeadLetterAsync(body);

    protected override async Task<IJobQueue> OpenAsync()
    {
        _queues = await SqsQueues.CreateAsync(emulator.CreateClient());
        return _queues.Open((int)Poll.TotalSeconds);
    }

    protected override Task<IReadOnlyList<ReceivedJob>> PollAsync(int max, TimeSpan visibility) =>
        Queue.ReceiveAsync(max, visibility, CancellationToken.None);

    protected override async Task<IReadOnlyList<LetterView>> ReadDeadLettersAsync() =>
        [.. (await _queues!.ReadDeadLettersAsync()).Select(body => JsonSerializer.Deserialize<LetterView>(body, JsonSerializerOptions.Web)!)];

    public override async Task DisposeAsync()
    {
        if (_queues is not null)
            await _queues.DisposeAsync();
    }
}
