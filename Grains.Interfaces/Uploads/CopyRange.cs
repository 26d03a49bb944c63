namespace Ingestion.Uploads;

/// <summary>Bytes of a finished object that become part of another.</summary>
/// <param name="Source">The object.</param>
/// <param name="Offset">The first byte.</param>
/// <param name="Length">Bytes, at least one.</param>
public readonly record struct CopyRange(ObjectKey Source, long Offset, long Length);
