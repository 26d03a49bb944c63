using Ingestion.Api.Status.Framing;
using Ingestion.Api.Status.Places;
using Ingestion.Status;

namespace Ingestion.Api.Status.Sockets;

/// <summary>What keeps a socket alive, and what ends it.</summary>
internal sealed partial class StatusSocket
{
    /// <summary>Called by the registry's clock about once a second.</summary>
    public void OnTick()
    {
        var now = _shared.Time.GetTimestamp();
        if (IsEnding)
        {
            EndIfOver(now);
            return;
        }

        if (_awaitsPong && _shared.Time.GetElapsedTime(_pingedAt, now).TotalSeconds > _shared.Options.PongSeconds)
        {
            Close(CloseCode.NoPong);
            return;
        }

        if (IsExpired())
            return;
        if (now >= _nextPing)
            Ping(now);
        // A guest's share may be ended elsewhere at any time.
        if (_joined && (Volatile.Read(ref _renews) || _caller.IsGuest) && now >= Volatile.Read(ref _nextRenewal))
        {
            Volatile.Write(ref _nextRenewal, now + Ticks(ObserverLease.Period.TotalSeconds));
            _shared.Background.Run(RenewAsync);
        }
    }

    /// <summary>A peer that neither reads nor answers our close must not hold its socket beyond the grace.</summary>
    private void EndIfOver(long now)
    {
        if (now < Volatile.Read(ref _endsAt))
            return;
        _writer.Abandon();
        _input.CancelPendingRead();
    }

    /// <summary>A client may bring a new token for a while after its own has expired; it is notified once.</summary>
    private bool IsExpired()
    {
        var over = _shared.Time.GetUtcNow().ToUnixTimeSeconds() - _caller.Expires;
        if (over < 0)
            return false;
        if (over >= _shared.Options.ExpiryGraceSeconds)
        {
            Close(CloseCode.TokenExpired);
            return true;
        }

        if (!_warned)
            Send(_codec.Error(null, "token_expired", retry: true));
        _warned = true;
        return false;
    }

    private void Ping(long now)
    {
        // The time of the first unanswered one: a further ping must not give a silent peer more time.
        if (!_awaitsPong)
            _pingedAt = now;
        _awaitsPong = true;
        _nextPing = now + Ticks(_pingSeconds);
        _feed.Ping();
    }

    /// <summary>Whether it has its place.</summary>
    public bool IsAdmitted { get; private set; }

    /// <summary>Among the user's sockets, of which there may be only so many in the whole cluster.</summary>
    private async Task<bool> JoinAsync()
    {
        // Before the answer: a socket that leaves during the call must still be removed.
        if (!_joined)
            _shared.Places.Add(_caller.User, this);
        _joined = true;
        var (health, options) = (Health(), _shared.Options);
        var admitted = health.IsGuest
            ? await _grain.JoinGuestAsync(_self, health, options.MaxGuestsPerShare, options.MaxGuestsPerUser)
            : await _grain.JoinAsync(_self, health, options.MaxSocketsPerUser);
        // One's own sockets are one's own to close. A guest can only wait until another one leaves.
        IsAdmitted = admitted;
        if (!admitted)
            Close(health.IsGuest ? CloseCode.TooManyGuests : CloseCode.TooManySockets);
        return admitted;
    }

    /// <summary>Ends the socket if its caller is one of these. False when it is not, or is ended already.</summary>
    public bool CloseIf(Func<SocketCaller, bool> whose, CloseCode code)
    {
        if (IsEnding || !whose(_caller))
            return false;
        Close(code);
        return true;
    }

    private async Task RenewAsync()
    {
        // A share that was ended in a silo that could not reach this one.
        if (!await _caller.MayStayAsync(_shared.Grains))
        {
            Close(CloseCode.Revoked);
            return;
        }

        if (!Volatile.Read(ref _renews))
            return;
        // In this order: if the grain is active again meanwhile, its silo keeps the place.
        if (IsAdmitted && _shared.Places.IsAtRest(_caller.User))
        {
            Volatile.Write(ref _renews, false);
            return;
        }

        var renewal = await _grain.RenewAsync(_self, Health());
        if (!renewal.Known && !await JoinAsync())
            return;
        // From now on its silo keeps its place. In this order: if the grain has gone meanwhile, the table finds that and has it renew again.
        Volatile.Write(ref _renews, renewal.Grain is null);
        _shared.Places.Heard(_caller.User, renewal.Grain);
        if (_channels.HasJournal && (!renewal.IsSubscribed || (_feed.Seen is { } seen && renewal.Cursor != seen)))
            await ResumeAsync();
    }

    HeldPlace IPlaceHolder.Describe() => new(_self, Health(), _channels.HasJournal);

    Cursor? IPlaceHolder.Seen => _channels.HasJournal && !IsEnding ? _feed.LiveAt : null;

    void IPlaceHolder.RenewIn(TimeSpan delay)
    {
        Volatile.Write(ref _nextRenewal, _shared.Time.GetTimestamp() + Ticks(delay.TotalSeconds));
        Volatile.Write(ref _renews, true);
    }

    void IPlaceHolder.CatchUp() => _shared.Background.Run(ResumeAsync);

    private SocketHealth Health()
    {
        var depths = _writer.Depths;
        return new SocketHealth(
            Id, _shared.SiloName, _connectedAt, _heardAt, _acks.Newest, depths.Critical, depths.State, depths.Progress, _writer.Dropped, _caller.IsGuest,
            _caller.ShareId);
    }

    /// <summary>A message of the client. False when nothing behind it is to be read.</summary>
    private async ValueTask<bool> TakeAsync(ClientMessage message)
    {
        switch (message.Kind)
        {
            case MessageKind.Broken:
                Close(CloseCode.ProtocolError);
                return false;
            case MessageKind.NotText:
                Close(CloseCode.NotUtf8);
                return true;
            case MessageKind.Close:
                AnswerClose(PeerClose.AnswerTo(message.Payload.Span));
                return false;
        }

        if (!IsEnding)
            await TryAsync(() => HandleAsync(message));
        return true;
    }

    private async Task HandleAsync(ClientMessage message)
    {
        if (!_rate.Take(_shared.Time.GetTimestamp(), _shared.Time.TimestampFrequency, _shared.Options.FrameWindow))
        {
            Close(CloseCode.RateLimited);
            return;
        }

        // Any frame is a sign of life.
        _awaitsPong = false;
        _heardAt = _shared.Time.GetUtcNow();
        switch (message.Kind)
        {
            case MessageKind.Ping:
                Send(ServerFrame.Pong(message.Payload.Span));
                break;
            case MessageKind.Pong:
                break;
            case MessageKind.Text or MessageKind.Binary when message.Kind == _codec.Kind && _codec.Read(message.Payload) is { } frame:
                await HandleAsync(frame);
                break;
            default:
                Close(CloseCode.BadFrame);
                break;
        }
    }
}
