using Ingestion.Api;
using Ingestion.Api.Health;
using Ingestion.Api.Http;
using Ingestion.Api.Videos.Links;
using Ingestion.Backends.Disk;
using Ingestion.Silo.Commands;
using Ingestion.Silo.Dashboard;
using Ingestion.Silo.Database;
using Ingestion.Silo.Hosting;
using Ingestion.Silo.Janitor;
using Ingestion.Silo.Telemetry;
using Ingestion.Silo.Tls;
using Ingestion.Silo.Worker;

// Before the first file.
FileMask.KeepToOwner();
return await CommandLine.InvokeAsync(args, RunAsync);

static async Task<int> RunAsync(RunArguments arguments)
{
    var builder = WebApplication.CreateBuilder(arguments.HostOptions());
    var settings = builder.AddSettings(arguments.Settings);
    builder.AddMetricsPort();
    using var claims = await Claims.TakeAsync(builder, settings);
    StartProfile.Use(settings.DataPath(StartProfile.Folder));
    builder.AddLogs();
    builder.AddStop(settings);
    builder.AddListener();
    builder.AddTelemetry(settings);
    builder.AddCertificateMetrics(claims.Certificates);
    builder.AddBackends(settings);
    builder.AddSilo(settings, claims);
    builder.Services.AddHealth();
    builder.AddDatabaseProbe(settings);
    builder.Services.AddJanitor(settings);
    if (settings.HasRole(Roles.Api))
        builder.Services.AddIngestionApi();
    else
        builder.Services.AddEventMediaAlone(builder.Configuration);
    if (settings.HasRole(Roles.Worker))
        builder.Services.AddVideoWorker(settings.DataPath("scratch"));

    var app = builder.Build();
    if (settings.HasRole(Roles.Api))
        app.MapIngestionApi().MapDashboard();
    app.UseMetricsPort();
    app.MapHealth();
    app.MapMetrics();
    app.MapServiceDocument();
    arguments.Start.EndsWith(app.Lifetime);
    claims.ReleasePort(app.Lifetime);
    app.LogStart(settings, claims);
    // The run disposes of the services.
    var end = app.Services.GetRequiredService<SiloEnd>();
    await app.RunAsync();
    return end.ExitCode;
}
