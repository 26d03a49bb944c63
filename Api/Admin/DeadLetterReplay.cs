using Ingestion.Api.Problems;
using Ingestion.Videos;

namespace Ingestion.Api.Admin;

/// <summary>Brings back the job of a dead letter.</summary>
internal sealed class DeadLetterReplay(IGrainFactory grains, IJobQueue queue, IDeadLetters letters)
{
    /// <summary>
    /// A failed video gets a new job with attempts of its own; one that is not failed needs none. The letter goes last: a crash before that brings the
    /// same video back twice, which does nothing.
    /// </summary>
    /// <returns>Why the letter stays; null: it is gone.</returns>
    /// <exception cref="JobQueueUnavailableException">The queue can't be reached; the letter stays.</exception>
    public async Task<Problem?> TryAsync(DeadLetter letter)
    {
        if (letter.Job is not { } job || (!letter.IsForeign && !MediaId.IsValid(job.VideoId)))
            return Problem.DeadLetterUnreadable;
        // Its own workers know the video, and the queue is shared with them.
        if (letter.IsForeign)
            await queue.EnqueueAsync(job, CancellationToken.None);
        else if (await grains.GetGrain<IVideoGrain>(job.VideoId).ReprocessAsync(owner: null) is null)
            return Problem.DeadLetterOrphaned;
        await letters.RemoveAsync(letter, CancellationToken.None);
        return null;
    }
}
