using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingestion.Backends.Buffers;

/// <summary>Where the buffers of parts come from: memory under the budget, files in the staging folder.</summary>
internal sealed partial class PartBufferSource(BufferBudget budget, StagingFolder staging, TimeProvider time, ILogger<PartBufferSource> logger,
    BufferMetrics? metrics)
{
    /// <summary>The buffers of a process, or of a test.</summary>
    public static PartBufferSource Create(string stagingFolder, long limitBytes, TimeProvider time)
    {
        var staging = new StagingFolder(stagingFolder);
        return new PartBufferSource(new BufferBudget(limitBytes, staging, time), staging, time, NullLogger<PartBufferSource>.Instance, metrics: null);
    }

    public BufferBudget Budget => budget;

    public StagingFolder Staging => staging;

    public TimeProvider Time => time;

    public void Staged() => metrics?.Staged();

    public void Demoted() => LogDemoted();

    public void DemotionFailed(Exception error) => LogDemotionFailed(error);
}

/// <summary>What is known of a part before its bytes come.</summary>
/// <param name="Owner">Whose upload it is of.</param>
/// <param name="VideoId">Its upload.</param>
/// <param name="Epoch">Its writer's lease.</param>
/// <param name="Size">Bytes it holds when full.</param>
/// <param name="Expected">Bytes that will come of it as far as known, else its size; a hint.</param>
/// <param name="Ending">Whether it ends an upload of several parts.</param>
internal sealed record PartBufferPlan(string Owner, string VideoId, long Epoch, long Size, long Expected, bool Ending);
