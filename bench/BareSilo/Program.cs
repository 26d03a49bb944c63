using Ingestion.Bench.BareSilo;

// What no silo can be below; its figures stand beside the silo's in bench/start.sh. Alone: Orleans, Kestrel and one address. With "libraries": also
// the libraries that this project must use, each registered as its manual says and used once, and still nothing of ours.
var libraries = args.Contains("libraries");
if (libraries)
    Libraries.ParseCommandLine(args);
var builder = WebApplication.CreateBuilder(args);
builder.UseOrleans(silo =>
{
    silo.UseLocalhostClustering(siloPort: 18111, gatewayPort: 0);
    if (libraries)
        Libraries.AddTo(silo);
});
if (libraries)
    Libraries.AddTo(builder);
var app = builder.Build();
if (libraries)
    Libraries.Use(app);
app.MapGet("/health/ready", () => "ready").AllowAnonymous();
await app.RunAsync();
