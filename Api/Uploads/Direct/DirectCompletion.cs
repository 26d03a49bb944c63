using System.Globalization;
using Ingestion.Api.Problems;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Api.Uploads.Direct;

/// <summary>
/// The end of a direct upload. The client lists its parts, the store the parts it has: both must be the same and complete before anything
/// is completed. What the bytes are is seen when the store has put them together, before there is a video.
/// </summary>
internal sealed class DirectCompletion(OpenDirectUploads uploads, PendingUploads pending, IGrainFactory grains)
{
    // Two requests that complete at the same time take the lease from each other; one of them gets through.
    private const int Tries = 3;

    private const int MostNumbers = 20;

    /// <summary>The video, the same one for a repeated request; or why there is none, and which parts are the reason.</summary>
    public async Task<(VideoRecord? Video, Problem? Problem, string? Detail)> CompleteAsync(
        string id, string owner, IReadOnlyList<SentPartJson> sent, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            var (target, refused) = await uploads.FindAsync(id, owner);
            if (refused == Problem.UploadEnded)
                return WithoutDetail(await pending.FinishVideoAsync(id, owner));
            if (target is null)
                return (null, refused, null);
            var plan = new DirectPlan(target.Plan, target.Length!.Value);
            var stored = await uploads.ListPartsAsync(id, target, cancellationToken);
            // Another request may have completed it since we looked: so look again.
            if (stored is null && tries < Tries - 1)
                continue;
            if (Compare(plan, sent, stored ?? []) is var (problem, detail))
                return (null, problem, detail);
            var result = await FinishAsync(grains.GetGrain<IUploadGrain>(id), owner, target.StoreUploadId, stored!);
            if (result.Outcome is not (UploadOutcome.StaleEpoch or UploadOutcome.LeaseLost or UploadOutcome.Ended))
                return (result.Video, UploadProblems.Of(result.Outcome), null);
        }

        return (null, Problem.UploadTakenOver, null);
    }

    /// <summary>Null when the client, the store and the plan agree about every part.</summary>
    internal static (Problem Problem, string? Detail)? Compare(DirectPlan plan, IReadOnlyList<SentPartJson> sent, IReadOnlyList<UploadPart> stored)
    {
        var meant = new Dictionary<int, string>();
        foreach (var part in sent)
        {
            if (!plan.Has(part.Number) || !meant.TryAdd(part.Number, part.Etag.Trim('"')))
                return (Problem.PartNumbersInvalid, Describe([part.Number]));
        }

        var kept = stored.ToDictionary(part => part.Number);
        var missing = Enumerable.Range(1, plan.Count).Where(number => !meant.ContainsKey(number) || !kept.ContainsKey(number)).ToArray();
        if (missing.Length > 0)
            return (Problem.UploadIncomplete, Describe(missing));
        var others = kept.Values.Where(part => !plan.Has(part.Number) || part.Length != plan.LengthOf(plan.Plan.Part(part.Number))
            || part.ETag != meant[part.Number]).Select(part => part.Number).ToArray();
        return others.Length > 0 ? (Problem.PartMismatch, Describe(others)) : null;
    }

    private static async Task<CompleteResult> FinishAsync(IUploadGrain grain, string owner, string storeUploadId, IReadOnlyList<UploadPart> parts)
    {
        var lease = await grain.AcquireAsync(owner, expectedOffset: null, writer: null);
        if (lease.Outcome is not UploadOutcome.Ok)
            return new CompleteResult(lease.Outcome, null);
        var commit = new UploadCommit(storeUploadId, [.. parts.OrderBy(part => part.Number)], Tail: null, Length: null, ContentType: null, Head: default);
        return await grain.CompleteAsync(lease.Epoch, commit);
    }

    private static (VideoRecord? Video, Problem? Problem, string? Detail) WithoutDetail((VideoRecord? Video, Problem? Problem) found) =>
        (found.Video, found.Problem, null);

    private static string Describe(int[] numbers)
    {
        var listed = string.Join(", ", numbers.Take(MostNumbers).Select(number => number.ToString(CultureInfo.InvariantCulture)));
        return numbers.Length > MostNumbers ? $"Parts {listed} and {numbers.Length - MostNumbers} more." : $"Part{(numbers.Length == 1 ? "" : "s")} {listed}.";
    }
}
