using Ingestion.Backends.Buffers;
using Ingestion.Tests.Contracts.ObjectStores.Contract;
using Ingestion.Tests.Support.Servers;
using Ingestion.Uploads;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.S3;

/// <summary>More uploads than memory: no upload starves, and the budget holds.</summary>
[NeedsPrograms(NpmServer.Node, NpmServer.Npm)]
public sealed class PressureTests(S3Emulator emulator) : IClassFixture<S3Emulator>
{
    private const int PartSize = S3Emulator.PartSize;
    private const int Writers = 50;
    private const long Limit = 16 << 20;

    private readonly ManualTime _time = new();

    [ContractFact]
    public async Task AllUploadsEnd_WhenHalfOfTheClientsAreSlow()
    {
        // The clock runs fast here, and the store does not.
        await using var test = await emulator.OpenAsync(
            new StoreUnderTest(Limit, _time), options => (options.AttemptSeconds, options.Patience) = (1_000_000, TimeSpan.FromDays(30)));
        var fastDone = new TaskCompletionSource();
        var slow = Enumerable.Range(0, Writers / 2).Select(n => RunAsync(test, n, PartSize + 100_000, fastDone.Task)).ToList();
        var fast = Enumerable.Range(Writers / 2, Writers / 2).Select(n => RunAsync(test, n, PartSize + 100_000, Task.CompletedTask)).ToList();

        // The slow ones hold what they have for as long as the fast ones take.
        await PumpAsync(test, Task.WhenAll(fast));
        fastDone.SetResult();
        await PumpAsync(test, Task.WhenAll(slow));
        test.AssertNothingHeld();
    }

    /// <summary>Lets time go by until the work is done, and looks at the budget all the while.</summary>
    private async Task PumpAsync(StoreUnderTest test, Task work)
    {
        while (!work.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(300));
            var small = test.Budget.SmallBytes;
            Assert.InRange(test.Budget.ReservedBytes, 0, Limit);
            // One to fill, and one for each part on its way that is read from disk.
            Assert.InRange(small, 0, Writers * 4L * BufferBudget.SmallSize);
            Assert.InRange(test.Budget.UsedBytes, 0, Limit + (Writers * 4L * BufferBudget.SmallSize));
            await Task.WhenAny(work, Task.Delay(5));
        }

        await work;
    }

    private static async Task RunAsync(StoreUnderTest test, int seed, int length, Task goOn)
    {
        var upload = new TestUpload(test.Store, new PartPlan(PartSize), seed);
        await using (var writer = await upload.OpenAsync(length))
        {
            await upload.SendAsync(writer, 0, 600_000, () => 50_000);
            await goOn;
            await upload.SendAsync(writer, 600_000, length - 600_000, () => 50_000);
            await upload.CommitPartsAsync(writer, final: true);
        }

        Assert.True(await upload.CompleteAsync());
        await upload.AssertStoredAsync(length);
        await test.Store.DeleteAllAsync(upload.Key.VideoId, default);
    }
}
