using System.Diagnostics;
using OpenTelemetry;

namespace Ingestion.Silo.Telemetry;

/// <summary>Takes out of Orleans' spans the keys of grains, of which many are names of users. The class of the grain stays.</summary>
internal sealed class NamelessSpans : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data) => data.SetTag("orleans.rpc.target_id", null).SetTag("orleans.rpc.source_id", null);
}
