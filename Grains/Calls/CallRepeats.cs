using System.Reflection;
using Ingestion.Calls;
using Ingestion.Status;
using Ingestion.Uploads;
using Ingestion.Videos;
using Ingestion.Webhooks;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Ingestion.Grains.Calls;

/// <summary>
/// Repeats calls for their callers, of clients and of grains: those that may be carried out twice, when the silo of the grain has gone, those that a silo
/// has sent back, and those that one of the release before can't read.
/// </summary>
internal sealed partial class CallRepeats(CallMetrics metrics, TimeProvider time, ILogger<CallRepeats> logger) : IOutgoingGrainCallFilter
{
    // A silo that was killed is declared dead within about that time; the client's request has more.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(250);

    // Orleans has no type for it.
    private const string NoSilo = "No active nodes are compatible";

    // A call of an interface's newer version ends the activation in a silo of the release before. It must be a method that this silo knows.
    private static readonly Dictionary<Type, Func<object, Task>> _known = new()
    {
        [typeof(ILibraryGrain)] = grain => ((ILibraryGrain)grain).ListAsync(cursor: null, limit: 1),
        [typeof(IQuotaGrain)] = grain => ((IQuotaGrain)grain).GetUsageAsync(),
        [typeof(IStatusGrain)] = grain => ((IStatusGrain)grain).KnowsAsync([]),
        [typeof(IVideoGrain)] = grain => ((IVideoGrain)grain).ExistsAsync(),
        [typeof(IWebhookGrain)] = grain => ((IWebhookGrain)grain).GetNeedsAsync(),
    };

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        // From the first failure on: what has taken long is no less worth a repetition.
        long? failedAt = null;
        while (true)
        {
            try
            {
                await context.Invoke();
                return;
            }
            catch (TypeLoadException) when (_known.ContainsKey(InterfaceOf(context)) && IsSoon(ref failedAt))
            {
                LogMoved(context.TargetId, context.MethodName);
                metrics.Repeated(CallMetrics.OldSilo);
                await _known[InterfaceOf(context)](context.Grain);
            }
            catch (Exception e) when (ReasonOf(e, context.InterfaceMethod) is not null && IsSoon(ref failedAt))
            {
                metrics.Repeated(ReasonOf(e, context.InterfaceMethod)!);
                await Task.Delay(_pause, time);
            }
        }
    }

    private bool IsSoon(ref long? failedAt) => time.GetElapsedTime(failedAt ??= time.GetTimestamp()) < _patience;

    private static string? ReasonOf(Exception exception, MethodInfo method) => exception switch
    {
        SiloUnavailableException => IsRepeatable(method) ? CallMetrics.SiloGone : null,
        // A silo that stops has sent the call back, and has carried out nothing of it.
        OrleansMessageRejectionException => CallMetrics.SiloGone,
        // The state was changed elsewhere, by an activation that this one does not know of. It has ended by this, and the next one reads the state.
        InconsistentStateException when IsRepeatable(method) => CallMetrics.StateChanged,
        // A silo that passes the call on does not know yet that there is a new one.
        OrleansException when exception.Message.StartsWith(NoSilo, StringComparison.Ordinal) => CallMetrics.OldSilo,
        _ => null,
    };

    internal static bool IsRepeatable(MethodInfo method) =>
        method.IsDefined(typeof(RepeatableAttribute)) || method.IsDefined(typeof(ReadOnlyAttribute));

    private static Type InterfaceOf(IOutgoingGrainCallContext context) => context.InterfaceMethod.DeclaringType!;

    [LoggerMessage(EventName = "GrainMoved", Level = LogLevel.Information,
        Message = "{Grain} is in a silo of another release, which does not know {Method}: it moves to one that does")]
    private partial void LogMoved(GrainId grain, string method);
}
