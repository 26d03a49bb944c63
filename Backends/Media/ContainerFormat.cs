namespace Ingestion.Backends.Media;

/// <summary>A container by its signature.</summary>
/// <param name="MediaType">Such as <c>video/mp4</c>.</param>
/// <param name="Demuxer">The part of ffmpeg that reads it: the tools are given it and never guess.</param>
public readonly record struct ContainerFormat(string MediaType, string Demuxer);
