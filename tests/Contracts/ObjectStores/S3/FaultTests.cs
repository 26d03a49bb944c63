using System.Security.Cryptography;
using Ingestion.Backends.Media;
using Ingestion.Tests.Contracts.ObjectStores.Contract;
using Ingestion.Tests.Support.Servers;
using Ingestion.Uploads;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.S3;

/// <summary>A store that fails costs time and no bytes.</summary>
[NeedsPrograms(NpmServer.Node, NpmServer.Npm)]
public sealed class FaultTests(S3Emulator emulator) : IClassFixture<S3Emulator>, IAsyncLifetime
{
    private const int PartSize = S3Emulator.PartSize;

    private FaultyServer _server = null!;
    private StoreUnderTest _test = null!;

    public async Task InitializeAsync()
    {
        _server = await FaultyServer.StartAsync(emulator.Url);
        // A hanging request is given up after a second.
        _test = await emulator.OpenAsync(new StoreUnderTest(), options => (options.ServiceUrl, options.AttemptSeconds) = (_server.Url, 1));
    }

    public async Task DisposeAsync()
    {
        _test.AssertNothingHeld();
        await _test.DisposeAsync();
        await _server.DisposeAsync();
    }

    [ContractFact]
    public async Task Upload_IsWhole_WhenPartsFail()
    {
        _server.Next(FaultyServer.IsPart, Fault.Unavailable, Fault.ResetInRequest, Fault.Hang, Fault.AnswerLost, Fault.ResetInRequest, Fault.Unavailable);
        await UploadAsync((2 * PartSize) + 1000);
        Assert.True(_server.Requests.Count(request => request.Contains("partNumber", StringComparison.Ordinal)) >= 9);
    }

    [ContractFact]
    public async Task Upload_IsWhole_WhenBeginAndEndFail()
    {
        foreach (var fault in new[] { Fault.Unavailable, Fault.AnswerLost, Fault.Hang })
        {
            _server.Next(request => FaultyServer.IsBegin(request) || FaultyServer.IsComplete(request), fault);
            await UploadAsync(PartSize + 1000);
            _server.Next(FaultyServer.IsComplete, fault, fault);
            await UploadAsync(PartSize + 1000);
        }
    }

    [ContractFact]
    public async Task SmallUpload_IsWhole_WhenItsRequestFails()
    {
        _server.Next(request => request.Method == "PUT", Fault.Unavailable, Fault.ResetInRequest, Fault.AnswerLost);
        await UploadAsync(100_000);
    }

    [ContractFact]
    public async Task Tail_IsReadBackWhole_WhenTheAnswerBreaks()
    {
        var upload = await InterruptedAsync(3_000_000);
        _server.Next(request => request.Method == "GET", Fault.Unavailable, Fault.ResetInAnswer, Fault.ResetInAnswer, Fault.Hang);
        await upload.FinishAsync(3_100_000, () => 100_000);
        await upload.AssertStoredAsync(3_100_000);
    }

    [ContractFact]
    public async Task Reading_Continues_WhenTheAnswerBreaks()
    {
        var upload = new TestUpload(_test.Store, new PartPlan(PartSize));
        await upload.FinishAsync(PartSize + 1000, () => 1 << 20);
        _server.Next(request => request.Method == "GET", Fault.ResetInAnswer, Fault.ResetInAnswer, Fault.Unavailable, Fault.ResetInAnswer);
        await upload.AssertStoredAsync(PartSize + 1000);
        _server.Next(request => request.Method == "GET", Fault.Unavailable, Fault.ResetInAnswer, Fault.ResetInAnswer, Fault.Hang);
        var digest = await new StoredDigest(_test.Store).ComputeAsync(upload.Key.VideoId, PartSize + 1000, _ => { }, default);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(upload.Bytes(0, PartSize + 1000))), digest);
        Assert.True(_server.Requests.Count(request => request.StartsWith("GET", StringComparison.Ordinal)) >= 5);
    }

    [ContractFact]
    public async Task Reading_Ends_WhenTheObjectIsReplacedMeanwhile()
    {
        var poster = ObjectKey.Poster("id");
        await _test.Store.PutAsync(poster, new MemoryStream(new byte[1_000_000]), default);
        _server.Next(request => request.Method == "GET", Fault.ResetInAnswer);
        var content = await _test.Store.OpenReadAsync(poster, 0, null, default);
        await using var stream = content!.Stream;
        await _test.Store.PutAsync(poster, new MemoryStream([1, .. new byte[999_999]]), default);
        await Assert.ThrowsAsync<InvalidDataException>(() => stream.CopyToAsync(Stream.Null));
    }

    [ContractFact]
    public async Task Refusal_IsFinal_AndNamesNoAddress()
    {
        _server.Decide = _ => Fault.Denied;
        var upload = new TestUpload(_test.Store, new PartPlan(PartSize));
        await using var writer = await upload.OpenAsync();
        await writer.WriteAsync(new byte[1000], default);
        var error = await Assert.ThrowsAnyAsync<IOException>(async () => await writer.TakePartAsync(final: true, default));
        Assert.Single(_server.Requests);
        Assert.Equal("The object store failed to store an object: AccessDenied (403).", error.Message);
        Assert.DoesNotContain("X-Amz", error.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(upload.Key.VideoId, error.ToString(), StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task FullStore_IsReported()
    {
        _server.Decide = request => request.Method == "PUT" ? Fault.Full : Fault.None;
        var upload = new TestUpload(_test.Store, new PartPlan(PartSize));
        await using var writer = await upload.OpenAsync();
        await writer.WriteAsync(new byte[PartSize + 1], default);
        await Assert.ThrowsAsync<ObjectStoreFullException>(async () => await writer.TakePartAsync(final: true, default));
        // Both parts once: trying again does not help.
        Assert.InRange(_server.Requests.Count(request => request.StartsWith("PUT", StringComparison.Ordinal)), 1, 2);
    }

    [ContractFact]
    public async Task AcknowledgedBytes_AreKept_WhenTheStoreIsGoneForLong()
    {
        await _test.DisposeAsync();
        _test = await emulator.OpenAsync(new StoreUnderTest(),
            options => (options.ServiceUrl, options.AttemptSeconds, options.RetrySeconds) = (_server.Url, 1, 1));
        var upload = await InterruptedAsync(PartSize + 200_000);
        _server.Decide = _ => Fault.Unavailable;
        await Assert.ThrowsAnyAsync<IOException>(async () => await upload.OpenAsync());
        _server.Decide = request => request.Method == "PUT" ? Fault.Unavailable : Fault.None;
        await using (var writer = await upload.OpenAsync())
        {
            await writer.WriteAsync(upload.Bytes(upload.Offset, PartSize), default);
            await Assert.ThrowsAnyAsync<IOException>(async () => await writer.TakePartAsync(final: true, default));
            await Assert.ThrowsAnyAsync<IOException>(async () => await writer.TakeRestAsync(default));
        }

        _server.Decide = _ => Fault.None;
        await upload.FinishAsync((2 * PartSize) + 1, () => 300_000);
        await upload.AssertStoredAsync((2 * PartSize) + 1);
    }

    [ContractFact]
    public async Task Writer_Stops_WhenItIsDisposedWhileTheStoreHangs()
    {
        _server.Decide = request => FaultyServer.IsPart(request) ? Fault.Hang : Fault.None;
        var upload = new TestUpload(_test.Store, new PartPlan(PartSize));
        await using (var writer = await upload.OpenAsync())
        {
            await writer.WriteAsync(new byte[PartSize + 1], default);
            await Eventually.TrueAsync(() => _server.Requests.Any(request => request.Contains("partNumber", StringComparison.Ordinal)),
                "the part is on its way");
        }

        _test.AssertNothingHeld();
    }

    /// <summary>A request that the store has received can't be recalled: it would replace an acknowledged part by an older one.</summary>
    [ContractFact]
    public async Task NewerWriter_IsLetIn_OnceTheStoreHasDoneWhatItHasWholeOfAnOlderOne()
    {
        var upload = await InterruptedAsync(PartSize);
        var older = await upload.OpenAsync();
        _server.Next(FaultyServer.IsPart, Fault.Late);
        await older.WriteAsync(new byte[PartSize], default);
        await _server.Late;
        var opening = upload.OpenAsync().AsTask();
        // Many requests long.
        await UploadAsync((2 * PartSize) + 1000);
        var waits = !opening.IsCompleted;
        if (waits)
            await _server.LetGoAsync();
        await using (var newer = await opening)
        {
            await upload.SendAsync(newer, PartSize, PartSize + 10, () => 300_000);
            await upload.CommitPartsAsync(newer, final: true);
        }

        await _server.LetGoAsync();
        await older.DisposeAsync();
        Assert.True(await upload.CompleteAsync());
        await upload.AssertStoredAsync((2 * PartSize) + 10);
        Assert.True(waits);
    }

    private async Task UploadAsync(int length)
    {
        var upload = new TestUpload(_test.Store, new PartPlan(PartSize));
        await upload.FinishAsync(length, () => 300_000);
        await upload.AssertStoredAsync(length);
    }

    private async Task<TestUpload> InterruptedAsync(int length)
    {
        var upload = new TestUpload(_test.Store, new PartPlan(PartSize));
        await using var writer = await upload.OpenAsync();
        await upload.SendAsync(writer, 0, length, () => 300_000);
        await upload.CommitRestAsync(writer);
        return upload;
    }
}
