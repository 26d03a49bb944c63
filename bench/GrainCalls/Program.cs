using System.Globalization;
using Ingestion.Bench.GrainCalls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// Local grain calls per second from 1 and from 64 callers, and the bytes an idle activation holds. Runs on both engines.
var seconds = args is ["--seconds", var text] ? int.Parse(text, CultureInfo.InvariantCulture) : 5;

var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
builder.UseOrleans(silo => silo.UseLocalhostClustering());
using var host = builder.Build();
await host.StartAsync();
var grains = host.Services.GetRequiredService<IGrainFactory>();

var engine = typeof(Grain).Assembly.GetName().Name!.Contains("StandIns", StringComparison.Ordinal) ? "Embedded" : "Orleans";
Console.WriteLine($"engine            {engine}, {Environment.ProcessorCount} processors");

foreach (var callers in (int[])[1, 64])
{
    await Measurements.CallsPerSecondAsync(grains, callers, TimeSpan.FromSeconds(1));
    var rate = await Measurements.CallsPerSecondAsync(grains, callers, TimeSpan.FromSeconds(seconds));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{callers,2} caller(s)      {rate,12:N0} calls/s"));
}

var bytes = await Measurements.BytesPerActivationAsync(grains, 100_000);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"idle activation   {bytes,12:N0} bytes"));

await host.StopAsync();
