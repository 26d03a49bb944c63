using Ingestion.Tests.Contracts.ObjectStores.Contract;
using Ingestion.Tests.Support.Servers;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.S3;

[NeedsPrograms(NpmServer.Node, NpmServer.Npm)]
public sealed class S3ObjectStoreContract(S3Emulator emulator) : ObjectStoreContract, IClassFixture<S3Emulator>
{
    private protected override int Histories => 30;

    private protected override Task<StoreUnderTest> OpenAsync() => emulator.OpenAsync(new StoreUnderTest());
}
