using Ingestion.Status;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Services;

namespace Ingestion.Grains.Status.Places;

/// <inheritdoc cref="ISiloPlaces"/>
internal sealed class SiloPlacesService(GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers, IServiceProvider services)
    : GrainService(id, silo, loggers), ISiloPlaces
{
    // Null in a silo that takes no sockets.
    private readonly IPlaceTable? _places = services.GetService<IPlaceTable>();

    public Task<IReadOnlyList<HeldPlace>> WakeAsync(string user, SiloAddress grain, Cursor end) =>
        Task.FromResult(_places?.Wake(user, grain, end) ?? []);

    public Task<IReadOnlyList<UserPlaces>> BeatAsync(JournalBeat beat) => Task.FromResult(_places?.Beat(beat) ?? []);
}

/// <inheritdoc cref="ISiloPlacesClient"/>
internal sealed class SiloPlacesClient(IServiceProvider services, ILocalSiloDetails self) : GrainServiceClient<ISiloPlaces>(services), ISiloPlacesClient
{
    public Task<IReadOnlyList<HeldPlace>> WakeAsync(SiloAddress silo, string user, Cursor end) =>
        GetGrainService(silo).WakeAsync(user, self.SiloAddress, end);

    public Task<IReadOnlyList<UserPlaces>> BeatAsync(SiloAddress silo, JournalBeat beat) => GetGrainService(silo).BeatAsync(beat);
}
