using Amazon.SQS.Model;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>A removed video leaves a tombstone, by which the service knows it for as long as a job of it can come.</summary>
[NeedsPrograms(NpmServer.Node, NpmServer.Npm)]
public sealed class RemovedVideoTests
{
    /// <summary>SQS delivers a message at least once. Without a record of the video the job would be put back, as that of a video not created yet.</summary>
    [ContractFact]
    public async Task JobIsDoneAndNothingComesBack_WhenTheQueueDeliversItAfterTheRemoval()
    {
        await using var backends = await SharedBackends.StartAsync();
        await using var silo = await SiloProcess.StartAsync(data: null, backends.Settings);
        using var api = silo.As("alice");
        var id = await api.UploadToReadyAsync(Samples.Mp4);
        (await api.DeleteAsync($"/api/videos/{id}")).Is(204);
        await Eventually.TrueAsync(() => silo.Log.Contains($"Video {id} is removed", StringComparison.Ordinal), "it is removed");

        await backends.Sqs.SendMessageAsync(new SendMessageRequest(backends.QueueUrl, $$"""{"v":1,"videoId":"{{id}}"}"""));

        await Eventually.TrueAsync(async () => await backends.CountJobsAsync() == 0, () => $"the job is done\n{silo.Log}");
        Assert.Equal(0, await backends.CountDeadLettersAsync());
        (await api.GetAsync($"/api/videos/{id}")).IsProblem(404, "not_found");
        Assert.Empty(await api.ListAsync());
        Assert.DoesNotContain($"There is a job of video {id}", silo.Log, StringComparison.Ordinal);
    }
}
