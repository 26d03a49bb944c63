using System.CommandLine;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using OpenTelemetry.Metrics;
using Orleans.Streams;

namespace Ingestion.Bench.BareSilo;

/// <summary>The libraries that the project names, with the least that uses them.</summary>
internal static class Libraries
{
    public static void ParseCommandLine(string[] args)
    {
        var root = new RootCommand("A silo.") { TreatUnmatchedTokensAsErrors = false };
        root.Options.Add(new Option<string>("--urls"));
        root.SetAction(parsed => parsed.GetValue<string>("--urls") is null ? 1 : 0);
        root.Parse(args).Invoke();
    }

    public static void AddTo(ISiloBuilder silo)
    {
        silo.AddMemoryStreams("progress", streams =>
        {
            streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly);
            streams.ConfigurePartitioning(1);
        });
        silo.AddMemoryGrainStorageAsDefault();
        silo.AddActivityPropagation();
        silo.AddStartupTask(async (services, _) =>
            await services.GetRequiredService<IGrainFactory>().GetGrain<ICounterGrain>("first").AddAsync());
    }

    public static void AddTo(WebApplicationBuilder builder)
    {
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
            .AddRuntimeInstrumentation().AddProcessInstrumentation().AddPrometheusExporter());
        builder.Services.AddHealthChecks();
        builder.Services.AddAuthentication().AddJwtBearer(bearer =>
            bearer.TokenValidationParameters.IssuerSigningKey = new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)));
        builder.Services.AddAuthorization();
        builder.Services.AddCors();
        builder.Services.AddProblemDetails();
        builder.Services.AddOpenApi();
    }

    public static void Use(WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseForwardedHeaders();
        app.UseRouting();
        app.UseCors();
        app.UseWebSockets();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapOpenApi();
        app.MapHealthChecks("/health");
        app.MapPrometheusScrapingEndpoint();
    }
}

/// <summary>The one grain that is called.</summary>
public interface ICounterGrain : IGrainWithStringKey
{
    /// <summary>Counts this call.</summary>
    [Alias("AddAsync")]
    Task<int> AddAsync();
}

/// <summary>The least that has a stored state.</summary>
public sealed class CounterGrain([PersistentState("count")] IPersistentState<Counter> state) : Grain, ICounterGrain
{
    /// <inheritdoc/>
    public async Task<int> AddAsync()
    {
        state.State.Count++;
        await state.WriteStateAsync();
        return state.State.Count;
    }
}

/// <summary>What is stored.</summary>
[GenerateSerializer]
[Alias("counter")]
public sealed class Counter
{
    /// <summary>How many calls.</summary>
    [Id(0)]
    public int Count { get; set; }
}
