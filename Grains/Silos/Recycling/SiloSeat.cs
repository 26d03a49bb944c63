namespace Ingestion.Grains.Silos.Recycling;

/// <summary>The name of this silo in all of its lives. Two silos that run at the same time must differ.</summary>
public sealed record SiloSeat(string Name);
