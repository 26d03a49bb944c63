using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Security;

/// <summary>Something that is kept, byte for byte.</summary>
/// <param name="Place">Where: a path, a table, a key.</param>
/// <param name="Text">Its name and its bytes; the latter as Latin-1.</param>
internal sealed record Kept(string Place, string Text);

/// <summary>All that a silo and its backends keep, to search it.</summary>
internal static class Remains
{
    /// <summary>Where one of these texts stands.</summary>
    public static IEnumerable<string> Holding(this IEnumerable<Kept> all, params IReadOnlyList<string> texts) =>
        all.Where(kept => texts.Any(text => kept.Text.Contains(text, StringComparison.Ordinal))).Select(kept => $"{kept.Place}: {kept.Text}");

    public static IEnumerable<Kept> InFolder(string folder)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(folder, path);
            yield return new Kept(name, $"{name}\n{(Directory.Exists(path) || Path.GetFileName(path) == "lock" ? "" : Read(path))}");
        }
    }

    public static async Task<IEnumerable<Kept>> InDatabaseAsync(string database) =>
        (await DatabaseText.ReadAsync(database)).Select(row => new Kept(row.Table, row.Text));

    /// <summary>Objects, and uploads that are not complete.</summary>
    public static async Task<IEnumerable<Kept>> InBucketAsync(ClusterOfTwo cluster)
    {
        var (url, bucket) = (cluster.Backends.Url, cluster.Backends.Bucket);
        using var s3 = new AmazonS3Client("test", "test", new AmazonS3Config { ServiceURL = url, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
        var kept = new List<Kept>();
        await foreach (var item in s3.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = bucket }).S3Objects)
        {
            using var answer = await s3.GetObjectAsync(bucket, item.Key);
            using var reader = new StreamReader(answer.ResponseStream, Encoding.Latin1);
            var fields = answer.Metadata.Keys.Select(name => $"{name}={answer.Metadata[name]}").Append(answer.Headers.ContentDisposition);
            kept.Add(new Kept(item.Key, $"{item.Key}\n{string.Join('\n', fields)}\n{await reader.ReadToEndAsync()}"));
        }

        var unfinished = (await s3.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = bucket })).MultipartUploads ?? [];
        return kept.Concat(unfinished.Select(upload => new Kept("unfinished", upload.Key)));
    }

    private static string Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file, Encoding.Latin1);
            return reader.ReadToEnd();
        }
        catch (IOException)
        {
            // Gone in this moment.
            return "";
        }
    }
}
