using Ingestion.Api;
using Ingestion.Api.Health;
using Ingestion.Silo.Commands;
using Ingestion.Silo.Hosting;
using Ingestion.Silo.Janitor;
using Ingestion.Silo.Telemetry;
using Ingestion.Silo.Worker;

if (args is ["token", .. var tokenArguments])
    return TokenCommand.Run(tokenArguments);

// Settings lie beside the executable, whatever folder it is started in; the data folder is relative to where it is started.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
var settings = builder.AddSettings(args);
builder.AddListener();
builder.AddTelemetry(settings);
builder.AddBackends(settings);
builder.AddSilo(settings);
builder.Services.AddHealth();
if (settings.HasRole(Roles.Api))
    builder.Services.AddIngestionApi().AddUploadJanitor().AddWebhookSweep();
if (settings.HasRole(Roles.Worker))
    builder.Services.AddVideoWorker();

var app = builder.Build();
if (settings.HasRole(Roles.Api))
    app.MapIngestionApi();
app.MapHealth();
app.MapMetrics();
await app.RunAsync();
return 0;
