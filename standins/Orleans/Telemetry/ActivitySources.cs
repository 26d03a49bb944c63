using System.Diagnostics;

namespace Orleans.Diagnostics
{
    /// <summary>Names of the activity sources.</summary>
    internal static class ActivitySources
    {
        public const string ApplicationGrainActivitySourceName = "Microsoft.Orleans.Application";
        public const string RuntimeActivitySourceName = "Microsoft.Orleans.Runtime";
        private static readonly ActivitySource s_application = new(ApplicationGrainActivitySourceName);
        private static readonly ActivitySource s_runtime = new(RuntimeActivitySourceName);

        internal static ActivitySource For(Type grainInterface) =>
            grainInterface.Namespace?.StartsWith("Orleans", StringComparison.Ordinal) == true ? s_runtime : s_application;
    }
}

namespace Orleans.Runtime
{
    using Orleans.Diagnostics;

    /// <summary>Makes a client span per call and sends its id along.</summary>
    internal sealed class OutgoingActivityFilter : IOutgoingGrainCallFilter
    {
        internal const string TraceParent = "traceparent";

        public async Task Invoke(IOutgoingGrainCallContext context)
        {
            using var activity = ActivitySources.For(context.InterfaceMethod.DeclaringType!).StartActivity(CallActivities.NameOf(context), ActivityKind.Client);
            if ((activity ?? Activity.Current)?.Id is { } id)
                RequestContext.Set(TraceParent, id);
            await CallActivities.Run(context, activity);
        }
    }

    /// <summary>Makes a server span per call, child of the one that came along.</summary>
    internal sealed class IncomingActivityFilter : IIncomingGrainCallFilter
    {
        public async Task Invoke(IIncomingGrainCallContext context)
        {
            var source = ActivitySources.For(context.InterfaceMethod.DeclaringType!);
            ActivityContext.TryParse(RequestContext.Get(OutgoingActivityFilter.TraceParent) as string, null, isRemote: true, out var parent);
            using var activity = source.StartActivity(CallActivities.NameOf(context), ActivityKind.Server, parent);
            await CallActivities.Run(context, activity);
        }
    }

    internal static class CallActivities
    {
        public static string NameOf(IGrainCallContext context) => ((GrainRequest)context.Request).Description.ActivityName;

        public static async Task Run(IGrainCallContext context, Activity? activity)
        {
            try
            {
                await context.Invoke();
                activity?.SetStatus(ActivityStatusCode.Ok);
            }
            catch (Exception failure) when (activity is not null)
            {
                activity.SetStatus(ActivityStatusCode.Error, failure.Message);
                activity.AddException(failure);
                throw;
            }
        }
    }
}
