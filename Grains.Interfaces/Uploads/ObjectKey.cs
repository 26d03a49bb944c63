namespace Ingestion.Uploads;

/// <summary>The name of an object: a video and what of it.</summary>
/// <param name="VideoId">A valid <see cref="MediaId"/>.</param>
/// <param name="Name">One of the fixed names below.</param>
public readonly record struct ObjectKey(string VideoId, string Name)
{
    /// <summary>The uploaded file as it came.</summary>
    public static ObjectKey Source(string videoId) => new(videoId, "source");

    /// <summary>A still picture, JPEG.</summary>
    public static ObjectKey Poster(string videoId) => new(videoId, "poster.jpg");
}

/// <summary>Facts of a stored object.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="ETag">A strong tag without quotes; changes with the bytes.</param>
/// <param name="LastModified">When it was completed.</param>
public sealed record ObjectInfo(long Length, string ETag, DateTimeOffset LastModified);

/// <summary>An open object. The caller disposes <see cref="Stream"/>.</summary>
public sealed record ObjectContent(Stream Stream, ObjectInfo Info);

/// <summary>An upload that the store holds bytes of.</summary>
/// <param name="VideoId">The upload; not checked to be an id of ours.</param>
/// <param name="StoreUploadId">The store's handle.</param>
public sealed record UnfinishedUpload(string VideoId, string StoreUploadId);
