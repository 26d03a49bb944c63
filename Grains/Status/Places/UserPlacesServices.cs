using Ingestion.Status;

namespace Ingestion.Grains.Status.Places;

/// <summary>What each user's grain needs to find sockets: one reference in place of three in every grain.</summary>
/// <param name="Journals">Where an active grain reports what it knows.</param>
/// <param name="Silos">Reaches the silos that hold sockets.</param>
/// <param name="Lives">Which of them live.</param>
internal sealed record UserPlacesServices(ActiveJournals Journals, ISiloPlacesClient Silos, SiloLives Lives);
