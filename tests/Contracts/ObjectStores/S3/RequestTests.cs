using System.Buffers.Binary;
using System.Net;
using Ingestion.Backends.Buffers;
using Ingestion.Backends.ObjectStore.S3;
using Ingestion.Tests.Contracts.ObjectStores.Contract;
using Ingestion.Tests.Support.Servers;
using Ingestion.Uploads;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.S3;

/// <summary>The content of requests, inspected on their way.</summary>
[NeedsPrograms(NpmServer.Node, NpmServer.Npm)]
public sealed class RequestTests(S3Emulator emulator) : IClassFixture<S3Emulator>, IAsyncLifetime
{
    private const int PartSize = S3Emulator.PartSize;
    private const string Checksum = "x-amz-checksum-crc32c";
    private const string Encryption = "x-amz-server-side-encryption";

    private readonly List<Seen> _seen = [];
    private FaultyServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await FaultyServer.StartAsync(emulator.Url);
        _server.Decide = request =>
        {
            lock (_seen)
                _seen.Add(new Seen(request.Method, request.Query,
                    request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
            return !request.Query.ContainsKey("X-Amz-Signature") || PresignedSignature.IsRight(request, secret: "test") ? Fault.None : Fault.Denied;
        };
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [ContractFact]
    public async Task Nothing_IsRequested_ThatMayBeMissingInAServer()
    {
        await using var test = await OpenAsync(_ => { });
        await UploadAsync(test, PartSize + 10);
        var put = _seen.First(request => request.Method == "PUT");
        Assert.Equal("host", put.Query["X-Amz-SignedHeaders"].ToString());
        Assert.DoesNotContain(_seen, request => request.Headers.Keys.Any(name =>
            name.Contains("checksum", StringComparison.OrdinalIgnoreCase) || name.Equals("Expect", StringComparison.OrdinalIgnoreCase)
            || name.Contains("encryption", StringComparison.OrdinalIgnoreCase) || name.Equals("traceparent", StringComparison.OrdinalIgnoreCase)));
        Assert.DoesNotContain(_seen, request => request.Headers.GetValueOrDefault("Transfer-Encoding") is not null);
    }

    /// <summary>What was reserved is what can be stored.</summary>
    [ContractFact]
    public async Task DirectPart_TakesNoOtherLength_ThanItsAddressWasMadeFor()
    {
        await using var test = await OpenAsync(_ => { });
        var key = ObjectKey.Source(Guid.CreateVersion7().ToString("N"));
        var id = await test.Direct.BeginAsync(key, default);
        var address = await test.Direct.PresignPartAsync(key, id, 1, 1000, TimeProvider.System.GetUtcNow().AddMinutes(5), default);
        using var client = new HttpClient();
        async Task<HttpStatusCode> PutAsync(int length)
        {
            using var content = new ByteArrayContent(new byte[length]);
            using var answer = await client.PutAsync(address, content);
            return answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(1001));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(999));
        Assert.Equal(HttpStatusCode.OK, await PutAsync(1000));
    }

    [ContractFact]
    public async Task Checksum_TravelsWithEachPart_WhenConfigured()
    {
        await using var test = await OpenAsync(options => options.Checksum = "crc32c");
        var upload = await UploadAsync(test, PartSize + 10);
        Assert.Contains(_seen, request => request.Query.ContainsKey("uploads") && request.Headers.GetValueOrDefault("x-amz-checksum-algorithm") == "CRC32C");
        var parts = _seen.Where(request => request.Query.ContainsKey("partNumber")).OrderBy(request => request.Query["partNumber"].ToString()).ToList();
        Assert.Equal([Crc(upload.Bytes(0, PartSize)), Crc(upload.Bytes(PartSize, 10))], parts.Select(part => part.Headers[Checksum]));
        Assert.All(parts, part => Assert.Contains(Checksum, part.Query["X-Amz-SignedHeaders"].ToString(), StringComparison.Ordinal));

        // And with a part that lay on disk.
        _seen.Clear();
        test.Budget.LimitBytes = 0;
        upload = await UploadAsync(test, 1_000_000);
        Assert.Equal(Crc(upload.Bytes(0, 1_000_000)), _seen.Single(request => request.Method == "PUT").Headers[Checksum]);
    }

    [ContractFact]
    public async Task Encryption_IsRequested_WhereAnObjectBegins()
    {
        await using var test = await OpenAsync(options => (options.ServerSideEncryption, options.KmsKeyId) =
            ("aws:kms", "arn:aws:kms:eu-central-1:1:key/some key"));
        await UploadAsync(test, PartSize + 10);
        await UploadAsync(test, 10);
        Assert.All(_seen.Where(request => request.Query.ContainsKey("uploads") || request.Method == "PUT"), request =>
        {
            var part = request.Query.ContainsKey("partNumber");
            Assert.Equal(part ? null : "aws:kms", request.Headers.GetValueOrDefault(Encryption));
            Assert.Equal(part ? null : "arn:aws:kms:eu-central-1:1:key/some key", request.Headers.GetValueOrDefault(Encryption + "-aws-kms-key-id"));
        });
    }

    [ContractFact]
    public async Task Address_IsGoodForItsTimeAndItsPartOnly()
    {
        await using var test = await OpenAsync(_ => { });
        var upload = new TestUpload(test.Store, new PartPlan(PartSize));
        var id = await test.Direct.BeginAsync(upload.Key, default);
        using var client = new HttpClient();
        var now = TimeProvider.System.GetUtcNow();
        var good = await test.Direct.PresignPartAsync(upload.Key, id, 1, 1, now.AddMinutes(5), default);
        Assert.Equal(HttpStatusCode.OK, await PutAsync(good!));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(new Uri(good!.AbsoluteUri.Replace("partNumber=1", "partNumber=2", StringComparison.Ordinal))));
        Assert.Equal(HttpStatusCode.OK, await PutAsync((await test.Direct.PresignPartAsync(upload.Key, id, 2, 1, now.AddMinutes(5), default))!));

        async Task<HttpStatusCode> PutAsync(Uri address)
        {
            using var content = new ByteArrayContent([1]);
            using var response = await client.PutAsync(address, content);
            return response.StatusCode;
        }
    }

    [ContractFact]
    public async Task SmallUpload_TakesOneRequestToStore()
    {
        await using var test = await OpenAsync(_ => { });
        await UploadAsync(test, 10_000);
        Assert.Equal(["PUT", "HEAD"], _seen.Where(request => request.Method != "GET").Select(request => request.Method).Take(2));
    }

    private static string Crc(byte[] bytes)
    {
        var crc = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(crc, Crc32C.Of(bytes));
        return Convert.ToBase64String(crc);
    }

    private Task<StoreUnderTest> OpenAsync(Action<S3ObjectStoreOptions> configure) =>
        emulator.OpenAsync(new StoreUnderTest(), options =>
        {
            options.ServiceUrl = _server.Url;
            configure(options);
        });

    private static async Task<TestUpload> UploadAsync(StoreUnderTest test, int length)
    {
        var upload = new TestUpload(test.Store, new PartPlan(PartSize));
        await upload.FinishAsync(length, () => 300_000);
        await upload.AssertStoredAsync(length);
        return upload;
    }

    private sealed record Seen(string Method, IQueryCollection Query, Dictionary<string, string> Headers);
}
