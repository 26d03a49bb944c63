using Ingestion.Auth;
using Ingestion.Grains.Silos.Shedding;
using Ingestion.Grains.Storage;
using Ingestion.Users;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Users;

/// <inheritdoc cref="IErasureGrain"/>
[Reclaimable(bytes: 3000, reads: 1)]
internal sealed partial class ErasureGrain(
    [PersistentState("erasure", WireNames.Storage)] IPersistentState<ErasureState> stored, TimeProvider time, ILoggerFactory loggers,
    ILogger<ErasureGrain> logger)
    : Grain, IErasureGrain, IPinned
{
    // A crash is noticed so much later. Each check is one small page.
    private static readonly TimeSpan _checkPeriod = TimeSpan.FromSeconds(10);

    private readonly ILogger _audit = loggers.CreateLogger(WireNames.AuditCategory);
    private DateTimeOffset _nextPass;

    // As it is stored: answers interleave with writes, and none may report what a crash would undo.
    private ErasureState _durable = new();
    private bool _failing;

    // Until it is done, passes follow one another.
    bool IPinned.IsPinned => _durable.User is not null;

    private ErasureState State => stored.State;

    private string Id => this.GetPrimaryKeyString();

    private DateTimeOffset Now => time.GetUtcNow();

    private GrainRetry Work => field ??= new GrainRetry(this.RegisterGrainTimer, TryPassAsync);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _durable = State;
        if (State.User is not null)
            Work.StartNow();
        return Task.CompletedTask;
    }

    public async Task<Erasure> BeginAsync(string user)
    {
        if (State.User is null)
        {
            // Listed before it is stored: the index may name an erasure that a crash prevented, never miss an existing one.
            await GrainFactory.GetGrain<IErasureIndexGrain>(ErasureKey.Index).AddAsync(Id, Now + _checkPeriod);
            await SaveAsync(new ErasureState { User = user, BegunAt = Now });
        }

        // Before the answer: the caller may rely on it that nothing new comes.
        await DenyAsync(user);
        Work.StartNow();
        return Describe();
    }

    public Task<Erasure?> GetAsync() => Task.FromResult(_durable.BegunAt == default ? null : Describe());

    public async Task<DateTimeOffset?> CheckAsync()
    {
        if (State.User is not null)
        {
            Work.StartNow();
            return Now + _checkPeriod;
        }

        if (State.EndedAt + ErasureRules.Remembered > Now)
            return State.EndedAt + ErasureRules.Remembered;
        await stored.ClearStateAsync();
        _durable = State;
        return null;
    }

    private async Task TryPassAsync()
    {
        if (State.User is not { } user || Now < _nextPass)
            return;
        try
        {
            await RunPassAsync(user);
            _failing = false;
        }
#pragma warning disable CA1031 // Grains and stores fail in many ways; the next tick retries.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (!_failing)
                LogInterrupted(logger, e, Id);
            _failing = true;
        }
    }

    private async Task RunPassAsync(string user)
    {
        var began = Now;
        await DenyAsync(user);
        var pass = await new UserEraser(GrainFactory, user).RunAsync();
        var next = ErasureRules.Add(State, pass);
        if (!ErasureRules.IsDone(State, pass, began))
        {
            _nextPass = ErasureRules.NextPass(State, pass, Now);
            if (next != State)
                await SaveAsync(next);
            return;
        }

        await GrainFactory.GetGrain<IDenyListGrain>(DenyList.Key).RemoveAsync(Id);
        await SaveAsync(ErasureRules.Done(next, Now));
        Work.Stop();
        LogErased(_audit, Id, State.Videos, State.Uploads, State.Webhooks);
    }

    /// <summary>Until it is done, whenever the user's tokens were issued.</summary>
    private Task<Denial?> DenyAsync(string user) => GrainFactory.GetGrain<IDenyListGrain>(DenyList.Key).AddAsync(
        new Denial(Id, TokenId: null, user, DateTimeOffset.MaxValue, Now, DateTimeOffset.MaxValue) { IsErasure = true });

    private async Task SaveAsync(ErasureState next)
    {
        await stored.SaveAsync(next, _ => DeactivateOnIdle());
        _durable = next;
    }

    private Erasure Describe() => new(Id, _durable.BegunAt, _durable.EndedAt, _durable.Videos, _durable.Uploads, _durable.Webhooks);

    [LoggerMessage(EventName = "ErasureInterrupted", Level = LogLevel.Warning,
        Message = "The erasure {ErasureId} failed; it is retried every 2 seconds")]
    private static partial void LogInterrupted(ILogger logger, Exception exception, string erasureId);

    [LoggerMessage(EventName = "Audit", Level = LogLevel.Information,
        Message = "system user.erased {Subject} videos={Videos} uploads={Uploads} webhooks={Webhooks}")]
    private static partial void LogErased(ILogger logger, string subject, int videos, int uploads, int webhooks);
}
