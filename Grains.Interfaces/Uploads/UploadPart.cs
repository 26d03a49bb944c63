namespace Ingestion.Uploads;

/// <summary>A part that is safe in the object store.</summary>
/// <param name="Number">As the upload's <see cref="PartPlan"/> counts.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes.</param>
/// <param name="ETag">The store's tag of the part; empty where it has none.</param>
[GenerateSerializer, Immutable, Alias("ingestion.upload-part")]
public sealed record UploadPart([property: Id(0)] int Number, [property: Id(1)] long Offset, [property: Id(2)] long Length, [property: Id(3)] string ETag);

/// <summary>Bytes behind the last part, safe in the object store until the part that will hold them is.</summary>
/// <param name="Offset">First byte: where the parts end.</param>
/// <param name="Length">Bytes, at least one.</param>
/// <param name="Name">The store's name of them; empty where they lie at their final place.</param>
[GenerateSerializer, Immutable, Alias("ingestion.upload-tail")]
public sealed record UploadTail([property: Id(0)] long Offset, [property: Id(1)] long Length, [property: Id(2)] string Name);
