using Ingestion.Grains.Silos.Shedding;
using Ingestion.Status;

namespace Ingestion.Grains.Status;

/// <inheritdoc cref="ITicketGrain"/>
[Reclaimable(bytes: 2500, reads: 0, Never = true)] // A ticket is nowhere else.
internal sealed class TicketGrain(TimeProvider time) : Grain, ITicketGrain
{
    private static readonly TimeSpan _lifetime = TimeSpan.FromSeconds(30);

    private TicketHolder? _holder;
    private long _issuedAt;

    public Task IssueAsync(TicketHolder holder)
    {
        (_holder, _issuedAt) = (holder, time.GetTimestamp());
        DelayDeactivation(2 * _lifetime);
        return Task.CompletedTask;
    }

    public Task<TicketHolder?> LookAsync() => Task.FromResult(Holder);

    public Task<TicketHolder?> RedeemAsync()
    {
        var holder = Holder;
        _holder = null;
        DeactivateOnIdle();
        return Task.FromResult(holder);
    }

    private TicketHolder? Holder => time.GetElapsedTime(_issuedAt) <= _lifetime ? _holder : null;
}
