namespace Ingestion.Tests.Integration.Uploads.Late;

/// <summary>A folder that all silos share.</summary>
public sealed class FileLateWriterTests : LateWriterTests
{
    private protected override int PartSize => 256 * 1024;

    private protected override Task<ServiceCluster> StartAsync() => ServiceCluster.StartAsync(PartSize);
}
