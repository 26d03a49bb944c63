using System.Diagnostics;
using Ingestion.Doctor;
using Ingestion.Uploads;
using Microsoft.Extensions.Options;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>The bucket: whether it is there, takes and gives bytes, takes uploads in parts, and lets pages send them. What it writes it removes.</summary>
internal sealed class S3Examination(S3ObjectStore store, S3BucketCors cors, IOptions<S3ObjectStoreOptions> options, TimeProvider time) : IExamination
{
    private const string Page = "docs/operate/object-stores.md";
    private const string Rights = $"give the account the rights of {Page}";

    private static readonly byte[] _bytes = [.. "ingestion doctor"u8];

    public IEnumerable<Look> Looks
    {
        get
        {
            yield return new Look("bucket", $"correct Ingestion:S3 and the credentials, or make the bucket: {Page}", async stop =>
            {
                await store.Control.CheckAsync(stop);
                return Diagnosis.Ok($"{options.Value.Bucket} answers");
            });
            yield return new Look("bucket rights", Rights, WriteAsync);
            yield return new Look("bucket uploads", Rights, BeginAsync);
            if (cors.IsNeeded)
                yield return new Look("bucket cors", "give the bucket the rule of docs/use/direct.md, or its pages can't send parts", LookAtCorsAsync);
        }
    }

    private async Task<Diagnosis> WriteAsync(CancellationToken stop)
    {
        var (begun, key) = (Stopwatch.GetTimestamp(), ObjectKey.Poster(MediaId.New(time.GetUtcNow())));
        using var content = new MemoryStream(_bytes);
        await store.PutAsync(key, content, stop);
        try
        {
            var read = await store.OpenReadAsync(key, 0, count: null, stop) ?? throw new InvalidOperationException("what was written is not there");
            await using (read.Stream)
            {
                var bytes = new byte[_bytes.Length];
                await read.Stream.ReadExactlyAsync(bytes, stop);
                if (!bytes.AsSpan().SequenceEqual(_bytes))
                    return Diagnosis.Wrong("what was written is read back as something else");
            }
        }
        finally
        {
            await store.DeleteAllAsync(key.VideoId, stop);
        }

        return Diagnosis.Ok($"an object was written, read and removed in {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:0} ms");
    }

    private async Task<Diagnosis> BeginAsync(CancellationToken stop)
    {
        var key = ObjectKey.Source(MediaId.New(time.GetUtcNow()));
        var upload = await store.BeginAsync(key, stop);
        await store.AbortAsync(key, upload, stop);
        return Diagnosis.Ok("an upload in parts was begun and given up");
    }

    private async Task<Diagnosis> LookAtCorsAsync(CancellationToken stop)
    {
        try
        {
            return S3BucketCors.Missing(cors.Origins, await store.Control.GetCorsAsync(stop)) is { } missing
                ? Diagnosis.Warning(missing)
                : Diagnosis.Ok("pages of Ingestion:Http:CorsOrigins may send parts");
        }
        catch (NotSupportedException)
        {
            return Diagnosis.Warning("the store does not show its rules, so whether pages may send parts is not known");
        }
    }
}
