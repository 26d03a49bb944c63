using System.Collections.Frozen;
using Ingestion.Auth;
using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Auth;

/// <summary>
/// This silo's copy of the deny list. It is read before the first request is taken, again whenever another silo reports a change, and every
/// few seconds besides. Until it could be read no token is accepted; after that an outage of the list leaves the last copy in force.
/// </summary>
internal sealed partial class DeniedTokens(IGrainFactory grains, TimeProvider time, ILogger<DeniedTokens> logger) : BackgroundService
{
    /// <summary>A change whose notification was lost is in force by then.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(3);

    // A silo that can't read the list must still start: it then refuses with 503 until it can.
    private static readonly TimeSpan _startPatience = TimeSpan.FromSeconds(5);

    private volatile Copy? _copy;
    private bool _failing;

    /// <summary>The list has changed.</summary>
    public event Action? Changed;

    /// <summary>False while nothing is known of the list.</summary>
    public bool IsKnown => _copy is not null;

    /// <summary>Whether the token is denied, or the token that made it.</summary>
    public bool Denies(in TokenIdentity token) => _copy is { IsEmpty: false } copy && copy.Denies(token);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryRefreshAsync(_startPatience);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Reads the list if it has changed.</summary>
    public async Task RefreshAsync()
    {
        if (await grains.GetGrain<IDenyListGrain>(DenyList.Key).GetAsync(_copy?.Version ?? -1) is not { } list)
            return;
        _copy = new Copy(list);
        Changed?.Invoke();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var clock = new PeriodicTimer(Period, time);
        try
        {
            while (await clock.WaitForNextTickAsync(stoppingToken))
                await TryRefreshAsync(Period);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task TryRefreshAsync(TimeSpan patience)
    {
        try
        {
            await RefreshAsync().WaitAsync(patience, time);
            _failing = false;
        }
#pragma warning disable CA1031 // Grains and storage fail in many ways; the next round retries.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (!_failing)
                LogUnreadable(e, IsKnown);
            _failing = true;
        }
    }

    [LoggerMessage(
        EventName = "DenyListUnreadable",
        Level = LogLevel.Warning,
        Message = "The deny list of tokens can't be read; an older copy is in force: {Known}. It is read again every 3 seconds")]
    private partial void LogUnreadable(Exception exception, bool known);

    private sealed class Copy(DenyList list)
    {
        private readonly FrozenSet<long> _tokens =
            list.Denials.Where(denial => denial.TokenId is not null).Select(denial => TokenIdentity.NumberOf(denial.TokenId)).ToFrozenSet();

        private readonly FrozenDictionary<string, long> _users = list.Denials.Where(denial => denial.User is not null)
            .GroupBy(denial => denial.User!, denial => denial.IssuedUntil?.ToUnixTimeSeconds() ?? long.MaxValue, StringComparer.Ordinal)
            .ToFrozenDictionary(times => times.Key, times => times.Max(), StringComparer.Ordinal);

        public long Version => list.Version;

        public bool IsEmpty => list.Denials.Count == 0;

        public bool Denies(in TokenIdentity token) =>
            (token.Id != 0 && _tokens.Contains(token.Id)) || (token.Maker != 0 && _tokens.Contains(token.Maker))
            || (_users.TryGetValue(token.User, out var until) && token.IssuedAt <= until);
    }
}
