using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>Two silos with states of their own on one bucket and one queue: what one of them does not know is not the other's to lose.</summary>
public sealed class ForeignStateTests
{
    private const int Uploads = 12;

    [NodeFact]
    public async Task AcknowledgedVideosKeepTheirBytes_WhenASiloGetsJobsOfVideosItDoesNotKnow()
    {
        await using var fauxqs = (await NpmServer.TryStartFauxqsAsync())!;
        var settings = await SettingsAsync(fauxqs.Url);
        await using var own = await SiloProcess.StartAsync(data: null, settings);
        await using var foreign = await SiloProcess.StartAsync(data: null, settings);
        using var api = own.As("alice");
        var ids = await Task.WhenAll(Enumerable.Range(0, Uploads).Select(_ => api.UploadAsync(Samples.Mp4)));
        await Eventually.TrueAsync(() => ids.Any(id => foreign.Log.Contains(id, StringComparison.Ordinal)),
            "a job comes to the silo that does not know its video");

        await foreign.KillAsync();
        foreach (var id in ids)
            Assert.Equal(Samples.Mp4, (await api.GetAsync($"/api/videos/{id}/source")).Is(200).Body);
    }

    /// <summary>As when a database was lost, or an older backup restored: the jobs are still in the queue.</summary>
    [NodeFact]
    public async Task BytesStay_WhenTheStateIsGone()
    {
        await using var fauxqs = (await NpmServer.TryStartFauxqsAsync())!;
        var settings = await SettingsAsync(fauxqs.Url);
        string id;
        // Its tools never end, so that the job is still there when it is killed.
        using (var tools = new HeldTools())
        await using (var before = await SiloProcess.StartAsync(data: null, [.. settings, ("Worker__ToolPath", tools.Path)]))
        {
            using var api = before.As("alice");
            id = await api.UploadAsync(Samples.Mp4);
        }

        await using var after = await SiloProcess.StartAsync(data: null, settings);
        await Eventually.TrueAsync(() => after.Log.Contains(id, StringComparison.Ordinal), "the job comes to the silo that lost its state");
        using var s3 = new Amazon.S3.AmazonS3Client(
            "test", "test", new Amazon.S3.AmazonS3Config { ServiceURL = fauxqs.Url, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
        Assert.Equal(Samples.Mp4.Length, (await s3.GetObjectMetadataAsync(
            settings.Single(setting => setting.Name == "S3__Bucket").Value, $"{id}/source")).ContentLength);
    }

    private static async Task<(string Name, string Value)[]> SettingsAsync(string url)
    {
        using var http = new HttpClient();
        var bucket = $"bucket-{Guid.NewGuid():N}";
        using var made = await http.PutAsync(new Uri($"{url}/{bucket}"), content: null);
        Assert.True(made.IsSuccessStatusCode);
        var sqs = await SqsSettings.CreateAsync(url);
        return [.. S3Settings.Of(url, bucket), .. sqs.Where(setting => !setting.Name.StartsWith("AWS_", StringComparison.Ordinal))];
    }
}
