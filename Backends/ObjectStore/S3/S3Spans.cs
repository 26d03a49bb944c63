using System.Diagnostics;
using Ingestion.Telemetry;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>Spans of requests to the store, their retries and pauses included. Keys are not in them: a trace has the video's id where it matters.</summary>
internal static class S3Spans
{
    /// <param name="operation">One of a fixed set of phrases, as in the metrics.</param>
    /// <param name="bucket">The bucket.</param>
    public static Activity? Request(string operation, string? bucket) =>
        Spans.Start($"s3 {operation}", ActivityKind.Client)
            ?.SetTag("rpc.system.name", "aws-api").SetTag("ingestion.store.operation", operation).SetTag("aws.s3.bucket", bucket);
}
