using Amazon.SQS;
using Ingestion.Tests.Support.Servers;
using Xunit;

namespace Ingestion.Tests.Contracts.JobQueues.Sqs;

/// <summary>An SQS emulator for the tests of a class.</summary>
public sealed class SqsEmulator : IAsyncLifetime
{
    private NpmServer? _fauxqs;

    public string Url => _fauxqs!.Url;

    public AmazonSQSClient CreateClient(Action<AmazonSQSConfig>? configure = null)
    {
        var config = new AmazonSQSConfig { ServiceURL = Url, AuthenticationRegion = "us-east-1" };
        configure?.Invoke(config);
        return new AmazonSQSClient("test", "test", config);
    }

    public async Task InitializeAsync() => _fauxqs = await NpmServer.TryStartFauxqsAsync();

    public async Task DisposeAsync()
    {
        if (_fauxqs is not null)
            await _fauxqs.DisposeAsync();
    }
}
