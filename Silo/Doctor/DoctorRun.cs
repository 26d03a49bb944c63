using Ingestion.Api.Auth;
using Ingestion.Api.Console;
using Ingestion.Api.Http.Connections;
using Ingestion.Backends.Webhooks;
using Ingestion.Doctor;
using Ingestion.Grains.Silos;
using Ingestion.Silo.Hosting;
using Ingestion.Silo.Worker;

namespace Ingestion.Silo.Doctor;

/// <summary>Composes what a silo with these settings would use, starts none of it, and looks at each part.</summary>
internal static class DoctorRun
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(15);

    /// <summary>The exit code.</summary>
    public static async Task<int> RunAsync(WebApplicationBuilder builder, SiloSettings settings, bool asJson)
    {
        // A silo waits for what is away; this says so at once.
        builder.Configuration["Ingestion:S3:RetrySeconds"] = "0";
        builder.Logging.ClearProviders();
        // In Development the whole composition would be tried, of which most is left out here.
        builder.Host.UseDefaultServiceProvider(services => (services.ValidateOnBuild, services.ValidateScopes) = (false, false));
        builder.AddStoreAndQueue(settings);
        builder.Services.AddConnectionLimits();
        builder.Services.AddTokenKeyExamination();
        if (settings.HasRole(Roles.Api))
            builder.Services.AddProviderExamination().AddSignInExamination();
        await using var app = builder.Build();

        using var report = new DoctorReport(asJson);
        foreach (var examination in Of(app, settings))
            await ExamineAsync(examination, report);
        return report.End() ? 0 : 1;
    }

    /// <summary>From what is on this machine to what is elsewhere.</summary>
    private static IEnumerable<IExamination> Of(WebApplication app, SiloSettings settings)
    {
        yield return new FolderExamination(settings);
        yield return new PortExamination(settings.Cluster, app.Configuration[WebHostDefaults.ServerUrlsKey]);
        yield return new MemoryExamination(
            app.Configuration.GetSection("Ingestion:Memory").Get<MemoryOptions>() ?? new MemoryOptions(), settings.HasRole(Roles.Worker));
        if (settings.HasRole(Roles.Worker))
            yield return new ToolExamination(app.Configuration.GetSection("Ingestion:Worker").Get<WorkerOptions>() ?? new WorkerOptions());
        if (settings.Cluster.IsPostgres)
        {
            yield return new TlsExamination(settings.Cluster.Tls, TimeProvider.System);
            yield return new DatabaseExamination(settings.Cluster, TimeProvider.System);
        }

        yield return new WebhookExamination(
            settings, app.Configuration.GetSection("Ingestion:Webhooks").Get<WebhookSenderOptions>() ?? new WebhookSenderOptions());

        foreach (var examination in app.Services.GetServices<IExamination>())
            yield return examination;
    }

    private static async Task ExamineAsync(IExamination examination, DoctorReport report)
    {
        foreach (var look in examination.Looks)
        {
            var diagnosis = await LookAsync(look);
            report.Add(look, diagnosis);
            if (diagnosis.Verdict is Verdict.Wrong)
                return;
        }
    }

    private static async Task<Diagnosis> LookAsync(Look look)
    {
        using var patience = new CancellationTokenSource(_patience);
        try
        {
            return await look.LookAsync(patience.Token).WaitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return Diagnosis.Wrong($"no answer within {_patience.TotalSeconds:0} s");
        }
#pragma warning disable CA1031 // Whatever it is, it is what is wrong.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Diagnosis.Wrong(e.Message.ReplaceLineEndings(" ").TrimEnd('.', ' '));
        }
    }
}
