using Ingestion.Backends.GrainStorage.Inventory;
using Ingestion.Backends.ObjectStore.Inventory;
using Ingestion.Grains.Check;
using Orleans.Storage;

namespace Ingestion.Silo.Check;

/// <summary>
/// Looks at everything once, page by page. Rows and bytes are read at different moments while silos work, so what seems wrong is looked at again after a
/// pause, and only what still is becomes a finding.
/// </summary>
internal sealed class CheckRun(CheckScope scope, CheckReport report, StateRepairs? repairs)
{
    private const int PageSize = 500;

    // Each names 64 videos, whose rows are read.
    private const int SegmentsAtOnce = 8;

    // As long as an upload takes between its row, its place in the library and its object.
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    // Where much is wrong, it is no matter of moments.
    private const int MostPauses = 30;

    private int _pauses;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await VideosAsync(cancellationToken);
        await LibrariesAsync(cancellationToken);
        await UploadsAsync(cancellationToken);
        await ObjectsAsync(cancellationToken);
    }

    private async Task VideosAsync(CancellationToken cancellationToken)
    {
        var check = new VideoCheck(scope);
        await foreach (var page in scope.States.ListAsync(VideoCheck.GrainType, cancellationToken))
        {
            report.Videos += page.Count;
            await ReviewStatesAsync(VideoCheck.GrainType, page, check.LookAsync, cancellationToken);
        }
    }

    private async Task LibrariesAsync(CancellationToken cancellationToken)
    {
        var check = new LibraryCheck(scope);
        await foreach (var page in scope.States.ListAsync(LibraryPlace.GrainType, cancellationToken))
        {
            foreach (var some in page.Chunk(SegmentsAtOnce))
                await ReviewStatesAsync(LibraryPlace.GrainType, some, check.LookAsync, cancellationToken);
        }
    }

    private async Task UploadsAsync(CancellationToken cancellationToken)
    {
        var check = new UploadCheck(scope);
        await foreach (var page in scope.States.ListAsync(UploadCheck.GrainType, cancellationToken))
        {
            report.Uploads += page.Count;
            await ReviewStatesAsync(UploadCheck.GrainType, page, check.LookAsync, cancellationToken);
        }
    }

    private async Task ObjectsAsync(CancellationToken cancellationToken)
    {
        var check = new ObjectCheck(scope);
        await foreach (var page in PagesAsync(scope.Objects.ListAsync(cancellationToken)))
        {
            report.Objects += page.Count;
            await ReviewAsync(page, check.LookAsync, FindAsync, cancellationToken);
        }

        var before = scope.Time.GetUtcNow() - ObjectCheck.LongestForm;
        await foreach (var page in PagesAsync(scope.Objects.ListUnfinishedAsync(before, cancellationToken)))
            await ReviewAsync(page, check.LookAsync, findings => Task.FromResult(Of(findings, page, item => item.VideoId)), cancellationToken);

        async Task<IReadOnlyList<StoredObject>> FindAsync(IReadOnlyList<Finding> findings)
        {
            var ids = findings.Select(finding => finding.Id).Distinct().Order(StringComparer.Ordinal).ToArray();
            var found = await scope.Objects.FindAsync(ids, cancellationToken);
            return [.. ids.SelectMany(id => found[id])];
        }
    }

    private Task ReviewStatesAsync(
        string grainType, IReadOnlyList<StoredState> page, Func<IReadOnlyList<StoredState>, CancellationToken, Task<IReadOnlyList<Finding>>> look,
        CancellationToken cancellationToken) => ReviewAsync(
            page, look,
            async findings => [.. (await scope.States.FindAsync(grainType, [.. findings.Select(finding => finding.State)], cancellationToken)).Values],
            cancellationToken);

    private async Task ReviewAsync<T>(
        IReadOnlyList<T> page, Func<IReadOnlyList<T>, CancellationToken, Task<IReadOnlyList<Finding>>> look,
        Func<IReadOnlyList<Finding>, Task<IReadOnlyList<T>>> again, CancellationToken cancellationToken)
    {
        report.Progress();
        if (await look(page, cancellationToken) is not { Count: > 0 } first)
            return;
        if (_pauses++ < MostPauses)
            await Task.Delay(_pause, scope.Time, cancellationToken);
        foreach (var finding in await look(await again(first), cancellationToken))
            report.Add(repairs is not null && finding.Repair is { } repair ? finding with { IsRepaired = await TryAsync(repair, repairs) } : finding);
    }

    /// <summary>False when a silo changed the state meanwhile: the next check sees what has become of it.</summary>
    private static async Task<bool> TryAsync(Func<StateRepairs, Task<bool>> repair, StateRepairs repairs)
    {
        try
        {
            return await repair(repairs);
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }

    private static IReadOnlyList<T> Of<T>(IReadOnlyList<Finding> findings, IReadOnlyList<T> page, Func<T, string> id)
    {
        var ids = findings.Select(finding => finding.Id).ToHashSet();
        return [.. page.Where(item => ids.Contains(id(item)))];
    }

    private static async IAsyncEnumerable<IReadOnlyList<T>> PagesAsync<T>(IAsyncEnumerable<T> items)
    {
        var page = new List<T>(PageSize);
        await foreach (var item in items)
        {
            page.Add(item);
            if (page.Count < PageSize)
                continue;
            yield return page;
            page = new List<T>(PageSize);
        }

        if (page.Count > 0)
            yield return page;
    }
}
