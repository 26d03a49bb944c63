using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Reflection;
using Ingestion.Api.Status.Lanes;
using Ingestion.Backends.Buffers;
using Ingestion.Backends.Media.Tools;
using Ingestion.Backends.ObjectStore.S3;
using Ingestion.Grains.Silos;
using Ingestion.Grains.Silos.Acting;
using Ingestion.Grains.Silos.Gossip;
using Ingestion.Grains.Silos.Sensing;
using Ingestion.Grains.Silos.Shedding;
using Ingestion.Silo.Database;
using Ingestion.Silo.Hosting;
using Ingestion.Silo.Telemetry;
using Ingestion.Tests.Unit.Health;
using Ingestion.Uploads;
using Ingestion.Videos;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Ingestion.Tests.Unit.Telemetry;

/// <summary>One instrument with the tags that were seen on it.</summary>
internal sealed record SeenInstrument(string Name, string? Unit, string? Description, string Tags);

/// <summary>
/// Every metrics class of the product with each of its methods called, behind the product's own telemetry: a new class or method is found by
/// itself.
/// </summary>
internal sealed class RecordedInstruments : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, byte>> _seen = new();
    private readonly WebApplication _app;

    private RecordedInstruments()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var settings = new SiloSettings { Data = _folder.Path };
        builder.AddTelemetry(settings);
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<DatabaseProbe>(services, settings));
        builder.Services.AddSingleton<ILocalSiloDetails>(new OneSilo());
        builder.Services.AddSingleton(Oracle.Of(SiloStatus.Active));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new QueueBudget(1000));
        builder.Services.AddSingleton(services => new BufferBudget(1000, new StagingFolder(_folder.Path), services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<IMemorySense>(services => new MemorySense(
            services, Options.Create(new MemoryOptions()), services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<BufferCredits>().AddSingleton<ActionLog>().AddSingleton<GovernorView>().AddSingleton<ReportedSilos>();
        builder.Services.AddSingleton(services => OneActivation(services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(LeakingSilo());
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapMetrics();
    }

    public IReadOnlyList<SeenInstrument> All =>
        [.. _seen.Select(seen => new SeenInstrument(
            seen.Key.Name, seen.Key.Unit, seen.Key.Description, string.Join(' ', seen.Value.Keys.Order(StringComparer.Ordinal))))];

    public static async Task<RecordedInstruments> RecordAsync()
    {
        var recorded = new RecordedInstruments();
        await recorded._app.StartAsync();
        recorded.Listen();
        foreach (var type in Types())
            CallAll(recorded._app.Services.GetService(type) ?? ActivatorUtilities.CreateInstance(recorded._app.Services, type));
        recorded._listener.RecordObservableInstruments();
        return recorded;
    }

    public async Task<string> ScrapeAsync()
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"{_app.Urls.Single()}/metrics"));
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private static IEnumerable<Type> Types() =>
        from name in (string[])["Api", "Backends", "Grains", "Silo"]
        from type in Assembly.Load($"Ingestion.{name}").GetTypes()
        where type.GetConstructors().Any(constructor => constructor.GetParameters().Any(parameter => parameter.ParameterType == typeof(IMeterFactory)))
        select type;

    private static void CallAll(object metrics)
    {
        var methods = metrics.GetType().GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly);
        foreach (var method in methods.Where(method => method.ReturnType == typeof(void)))
            method.Invoke(metrics, [.. method.GetParameters().Select(parameter => Sample(parameter.ParameterType))]);
    }

    private static object? Sample(Type type) => type switch
    {
        _ when type == typeof(string) => "sample",
        _ when type == typeof(IEnumerable<string>) => new[] { "sample" },
        _ when type == typeof(object) => new object(),
        _ when type == typeof(TimeSpan) => TimeSpan.FromSeconds(1),
        _ when type == typeof(ProcessingResult) => new ProcessingResult(default, Media: null, HasPoster: false, Error: null),
        _ when type == typeof(ReceivedJob) => new ReceivedJob(new VideoJob("sample"), "receipt", 1) { EnqueuedAt = DateTimeOffset.UnixEpoch },
        _ when type == typeof(ToolRun) => new ToolRun(ToolEnd.Exited, 0, [], "", TimeSpan.FromSeconds(1), PeakBytes: 1),
        _ when type == typeof(S3Window) => new S3Window(1),
        _ when type == typeof(S3Outage) => new S3Outage(TimeProvider.System, NullLogger.Instance),
        _ when type == typeof(DateTimeOffset) => DateTimeOffset.UnixEpoch,
        _ when type == typeof(Func<DateTimeOffset?>) => new Func<DateTimeOffset?>(() => DateTimeOffset.UnixEpoch),
        _ when type == typeof(UploadState) => UploadState.Expired,
        { IsEnum: true } => Enum.GetValues(type).GetValue(1),
        { IsPrimitive: true } => Convert.ChangeType(1, type, provider: null),
        _ when Nullable.GetUnderlyingType(type) is not null => null,
        _ => throw new NotSupportedException($"A metrics method takes a {type}; add its sample values here."),
    };

    /// <summary>With floors of three hours, so that all of it is known.</summary>
    private static LeakWatch LeakingSilo()
    {
        var leaks = new LeakWatch(NullLogger<LeakWatch>.Instance);
        leaks.Begin(TimeSpan.Zero);
        for (var minutes = 0; minutes < 180; minutes += 10)
        {
            var reading = default(MemoryReading) with { At = TimeSpan.FromMinutes(minutes) };
            leaks.AddManaged(reading);
            leaks.AddNative(reading);
        }

        return leaks;
    }

    private static ActivationCensus OneActivation(TimeProvider time)
    {
        var census = new ActivationCensus(time);
        census.Added(new object(), typeof(SampleGrain), GrainId.Create("sample", "one"));
        return census;
    }

    private void Listen()
    {
        var meters = _app.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Of this host only: other tests run at the same time.
            if (instrument.Meter.Scope != meters || instrument.Meter.Name != "Ingestion")
                return;
            _seen.TryAdd(instrument, new());
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Note(instrument, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(instrument, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument, tags));
        _listener.Start();
    }

    private void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
            _seen[instrument].TryAdd(tag.Key, 0);
    }

    [Reclaimable(bytes: 1, reads: 1)]
    private sealed class SampleGrain;

    private sealed class OneSilo : ILocalSiloDetails
    {
        public string Name => "one";

        public string ClusterId => "ingestion";

        public string DnsHostName => "localhost";

        public SiloAddress SiloAddress { get; } = SiloAddress.New(System.Net.IPAddress.Loopback, 11111, 1);

        public SiloAddress GatewayAddress => SiloAddress;
    }
}
