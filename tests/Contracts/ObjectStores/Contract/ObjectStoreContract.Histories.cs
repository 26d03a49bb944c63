using Ingestion.Uploads;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.Contract;

public abstract partial class ObjectStoreContract
{
    /// <summary>How many random histories run.</summary>
    private protected abstract int Histories { get; }

    /// <summary>
    /// Writers come and go as clients, silos and takeovers let them: what was acknowledged stays, and the object is right in the end. Several
    /// uploads at a time share a budget that is too small for them.
    /// </summary>
    [ContractFact]
    public async Task Object_IsRight_AfterAnyHistory()
    {
        _test.Budget.LimitBytes = 2L * PartSize;
        var seeds = new Queue<int>(Enumerable.Range(0, Histories));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => RunAsync()));

        async Task RunAsync()
        {
            while (true)
            {
                int seed;
                lock (seeds)
                {
                    if (!seeds.TryDequeue(out seed))
                        return;
                }

                await RunHistoryAsync(seed);
            }
        }
    }

    private async Task RunHistoryAsync(int seed)
    {
        var random = new Random(seed);
        var upload = new TestUpload(Store, new PartPlan(PartSize + (random.Next(3) * 100_000), random.Next(4) == 0 ? 1 : 0), seed);
        var length = random.NextInt64(random.Next(4) == 0 ? 100_000 : 3L * PartSize);
        try
        {
            for (var writers = random.Next(6); writers > 0; writers--)
                await WriteSomeAsync(upload, length, random);
            await upload.FinishAsync(length, () => random.Next(1, 200_000));
            await upload.AssertStoredAsync(length);
            await Store.DeleteAllAsync(upload.Key.VideoId, default);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"History {seed} failed.", e);
        }
    }

    private static async Task WriteSomeAsync(TestUpload upload, long length, Random random)
    {
        var before = upload.Offset;
        await using var writer = await upload.OpenAsync(random.Next(2) == 0 ? length : null);
        await upload.SendAsync(writer, before, random.NextInt64(length - before + 1), () => random.Next(1, 200_000));
        switch (random.Next(5))
        {
            case 0:
                // Its process ends.
                break;
            case 1:
                // Its rest is stored, and the answer never reaches the manifest.
                await writer.TakeRestAsync(default);
                break;
            case 2:
                // Another one takes over while it stores its rest.
                await TakeOverAsync(upload, writer);
                break;
            default:
                await upload.CommitRestAsync(writer);
                break;
        }

        Assert.InRange(upload.Offset, before, length);
    }

    private static async Task TakeOverAsync(TestUpload upload, IObjectWriter older)
    {
        var rest = older.TakeRestAsync(default).AsTask();
        await using var newer = await upload.OpenAsync();
        try
        {
            await rest;
        }
        catch (WriterFencedException)
        {
            // It came too late.
        }

        await upload.CommitRestAsync(newer);
    }
}
