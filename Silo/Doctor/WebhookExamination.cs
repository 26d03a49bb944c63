using Ingestion.Backends.GrainStorage.Inventory;
using Ingestion.Backends.Webhooks;
using Ingestion.Doctor;
using Ingestion.Grains.Check;
using Ingestion.Silo.Hosting;
using Npgsql;

namespace Ingestion.Silo.Doctor;

/// <summary>
/// The receivers of webhooks: whether this machine reaches the hosts of those that are enabled, as a delivery would. They are read from what is stored; nothing
/// is sent to them, and nothing is changed.
/// </summary>
internal sealed class WebhookExamination(SiloSettings settings, WebhookSenderOptions options) : IExamination
{
    // Together less than the patience of a look.
    private static readonly TimeSpan _readingPatience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan _probePatience = TimeSpan.FromSeconds(5);

    // All of them at once.
    private const int MostHosts = 32;

    private const int MostNamed = 5;

    private readonly WebhookProbe _probe = new(options);

    public IEnumerable<Look> Looks =>
        [new("receivers", "let this machine reach them, or have their owners correct them: docs/use/webhooks.md", ExamineAsync)];

    private async Task<Diagnosis> ExamineAsync(CancellationToken stop)
    {
        if (!settings.Cluster.IsPostgres && !Directory.Exists(settings.DataPath("state")))
            return Diagnosis.Ok("there are no webhooks");
        try
        {
            var (origins, isAll) = await ReadAsync(stop);
            if (origins.Count == 0)
                return isAll ? Diagnosis.Ok("there are no webhooks") : Diagnosis.Warning("what is stored could not be read in time");
            var results = await Task.WhenAll(origins.Select(async origin => (Origin: origin, Error: await ProbeAsync(origin, stop))));
            return Describe([.. results.Where(result => result.Error is not null).Select(result => $"{result.Origin} ({result.Error})")], origins.Count, isAll);
        }
        catch (Exception e) when (e is NpgsqlException or IOException or UnauthorizedAccessException)
        {
            // That is the matter of other looks.
            return Diagnosis.Warning("what is stored can't be read");
        }
    }

    private static Diagnosis Describe(string[] unreached, int all, bool isAll)
    {
        var some = isAll ? "" : " (there are more, which were not looked at)";
        if (unreached.Length == 0)
            return Diagnosis.Ok($"{all} hosts of webhooks are reached{some}");
        var rest = unreached.Length > MostNamed ? $" and {unreached.Length - MostNamed} more" : "";
        return Diagnosis.Warning($"of {all} hosts of webhooks {unreached.Length} are not reached{some}: {string.Join(", ", unreached.Take(MostNamed))}{rest}");
    }

    /// <summary>The hosts of enabled webhooks, and whether these are all.</summary>
    private async Task<(IReadOnlyCollection<string> Origins, bool IsAll)> ReadAsync(CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(_readingPatience);
        var origins = new SortedSet<string>(StringComparer.Ordinal);
        await using var states = Open();
        try
        {
            await foreach (var page in states.ListAsync(StoredReceivers.GrainType, StoredReceivers.State, patience.Token))
            {
                foreach (var url in page.SelectMany(state => state.TryRead<StoredReceivers>(out var receivers) ? receivers.Urls : []))
                {
                    if (origins.Count == MostHosts)
                        return (origins, false);
                    origins.Add(_probe.OriginOf(url) ?? url);
                }
            }

            return (origins, true);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return (origins, false);
        }
    }

    private async Task<string?> ProbeAsync(string origin, CancellationToken stop)
    {
        if (_probe.OriginOf(origin) is null)
            return "url_invalid";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(_probePatience);
        try
        {
            return await _probe.ProbeAsync(origin, patience.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return "timeout";
        }
    }

    private IStateInventory Open() => settings.Cluster.IsPostgres
        ? new PostgresStates(settings.Cluster.ConnectionString, settings.Cluster.ServiceId)
        : new FileStates(settings.DataPath("state"));
}
