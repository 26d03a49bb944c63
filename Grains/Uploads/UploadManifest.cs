using Ingestion.Uploads;

namespace Ingestion.Grains.Uploads;

/// <summary>What is stored of an upload, and who may write. Immutable: a rule makes the next one.</summary>
[GenerateSerializer, Immutable, Alias("ingestion.upload-manifest")]
public sealed record UploadManifest
{
    /// <summary>Where the upload is.</summary>
    [Id(0)]
    public UploadState State { get; init; }

    /// <summary>The token's <c>sub</c>.</summary>
    [Id(1)]
    public string Owner { get; init; } = "";

    /// <summary>As the client gave it.</summary>
    [Id(2)]
    public string? FileName { get; init; }

    /// <summary>From the first bytes.</summary>
    [Id(3)]
    public string ContentType { get; init; } = "";

    /// <summary>Total bytes if known.</summary>
    [Id(4)]
    public long? Length { get; init; }

    /// <summary>Whether the manifest is stored as it grows.</summary>
    [Id(5)]
    public bool Resumable { get; init; }

    /// <summary>Rises with each writer; only the newest may write.</summary>
    [Id(6)]
    public long Epoch { get; init; }

    /// <summary>Bytes of every part but the last.</summary>
    [Id(7)]
    public int PartSize { get; init; }

    /// <summary>The store's handle.</summary>
    [Id(8)]
    public string StoreUploadId { get; init; } = "";

    /// <summary>The parts that are safe, in order, without gaps.</summary>
    [Id(9)]
    public IReadOnlyList<UploadPart> Parts { get; init; } = [];

    /// <summary>When the first byte came.</summary>
    [Id(10)]
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The contiguous acknowledged prefix in bytes.</summary>
    public long Offset => Parts.Count == 0 ? 0 : Parts[^1].Offset + Parts[^1].Length;
}
