// The least that is a silo with an HTTP address: what Orleans and ASP.NET take before anything of ours runs. Its figures stand beside the silo's in
// bench/start.sh.
var builder = WebApplication.CreateBuilder(args);
builder.UseOrleans(silo => silo.UseLocalhostClustering(siloPort: 18111, gatewayPort: 0));
var app = builder.Build();
app.MapGet("/health/ready", () => "ready");
await app.RunAsync();
