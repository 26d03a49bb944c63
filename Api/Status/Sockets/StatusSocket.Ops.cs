using System.Security.Claims;
using Ingestion.Api.Auth;
using Ingestion.Api.RateLimits;
using Ingestion.Api.Status.Channels;
using Ingestion.Api.Status.Codecs;
using Ingestion.Api.Status.Events;
using Ingestion.Api.Videos.Links;
using Ingestion.Status;

namespace Ingestion.Api.Status.Sockets;

/// <summary>The operations of a client.</summary>
internal sealed partial class StatusSocket
{
    private Task HandleAsync(ClientFrame frame)
    {
        switch (frame.Op)
        {
            case null:
                Send(_codec.Error(frame.Id, "frame_invalid", retry: false));
                return Task.CompletedTask;
            case "sub":
                return SubscribeAsync(frame);
            case "unsub":
                return UnsubscribeAsync(frame);
            case "auth":
                return RefreshAsync(frame);
            case "ack":
                Acknowledge(frame);
                return Task.CompletedTask;
            case "pong":
                if (frame.Cur is not null)
                    Acknowledge(frame);
                return Task.CompletedTask;
            case "ping":
                Send(_codec.Pong(frame.Ts));
                return Task.CompletedTask;
            default:
                Send(_codec.Error(frame.Id, "op_unknown", retry: false));
                return Task.CompletedTask;
        }
    }

    /// <summary>The channels of the newest subscription are the socket's; it replaces the one before.</summary>
    private async Task SubscribeAsync(ClientFrame frame)
    {
        if (frame.Ch is not { Count: > 0 and <= SocketLimits.MostChannels } names)
        {
            Send(_codec.Error(frame.Id, "channels_invalid", retry: false));
            return;
        }

        if (frame.Heartbeat is { } wish && !Heartbeats.IsValid(wish))
        {
            Send(_codec.Error(frame.Id, "heartbeat_invalid", retry: false));
            return;
        }

        EventPlace? since = null;
        if (frame.Since is not null)
        {
            if (!EventPlace.TryParse(frame.Since, out var parsed))
            {
                Send(_codec.Error(frame.Id, "cursor_invalid", retry: false));
                return;
            }

            since = parsed;
        }

        var (channels, refusal) = await ChannelSet.AuthoriseAsync(names, _caller, _shared.Videos);
        if (channels is null)
        {
            Send(_codec.Error(frame.Id, refusal!, retry: refusal == ChannelSet.RateLimited));
            // What the client sends next is read later: look-ups of made-up videos are not repeated at full speed.
            await _shared.Pause.WaitAsync(RefusalPause.Time, CancellationToken.None);
            return;
        }

        await SwitchAsync(channels, frame.Bc ?? since?.Broadcasts);
        var broadcasts = channels.Broadcasts.Count > 0 ? _shared.Broadcasts.End : (long?)null;
        await StartAsync(since?.Cursor, new Announcement(frame.Id, TakeHeartbeat(frame.Heartbeat), broadcasts));
    }

    /// <summary>From now on it pings that often, if the client asks for it, and never less often than usual. Returns what <c>subd</c> says of it.</summary>
    private int? TakeHeartbeat(long? wish)
    {
        if (wish is not { } seconds)
            return null;
        _pingSeconds = (int)Math.Min(seconds, _shared.Options.PingSeconds);
        _nextPing = Math.Min(_nextPing, _shared.Time.GetTimestamp() + Ticks(_pingSeconds));
        return _pingSeconds * 1000;
    }

    private async Task UnsubscribeAsync(ClientFrame frame)
    {
        if (frame.Ch is not { Count: > 0 and <= SocketLimits.MostChannels } names)
        {
            Send(_codec.Error(frame.Id, "channels_invalid", retry: false));
            return;
        }

        await SwitchAsync(_channels.Without(names), broadcasts: null);
        _feed.Narrow(_channels.Videos);
        if (_channels.Videos is not null)
            _acks.Narrow();
        Send(_codec.Unsubscribed(frame.Id));
    }

    /// <summary>A new token of the same user. What it does not allow any more ends the socket.</summary>
    private async Task RefreshAsync(ClientFrame frame)
    {
        var check = await _shared.Tokens.ValidateAsync(frame.Token ?? "");
        if (check.Refusal is TokenRefusal.Unavailable)
        {
            // The socket's present token stays valid.
            Send(_codec.Error(frame.Id, "unavailable", retry: true));
            return;
        }

        if (check.User is null)
        {
            Close(check.Refusal switch { TokenRefusal.Expired => CloseCode.TokenExpired, TokenRefusal.Revoked => CloseCode.Revoked,
                _ => CloseCode.InvalidToken });
            return;
        }

        var caller = SocketCaller.Of(new ClaimsPrincipal(check.User));

        if (caller.User != _caller.User || !caller.MayRead || !_channels.MayKeep(caller))
        {
            Close(CloseCode.Forbidden);
            return;
        }

        if (!await caller.MayStayAsync(_shared.Grains))
        {
            Close(CloseCode.Revoked);
            return;
        }

        var isOther = caller.IsGuest != _caller.IsGuest || caller.ShareId != _caller.ShareId;
        if (isOther && _codec.Media is GuestMedia guest)
            guest.Share = await _shared.Media.FindShareAsync(caller);
        (_caller, _warned) = (caller, false);
        // Guests of each link and others have places of their own, and this one has none yet where it is now.
        if (isOther && !await JoinAsync())
            return;
        Send(_codec.Authorised(caller.Expires));
    }

    private void Acknowledge(ClientFrame frame)
    {
        if (!Cursor.TryParse(frame.Cur, out var cursor))
        {
            Send(_codec.Error(frame.Id, "cursor_invalid", retry: false));
            return;
        }

        var ack = _acks.Acknowledge(cursor);
        if (ack.IsAhead)
            Send(_codec.Error(frame.Id, "cursor_invalid", retry: false));
        if (ack.IsFree)
            _rate.GiveBack(_shared.Time.TimestampFrequency);
        // A guest who watches one video acknowledges for no one: what its owner has not received still goes to the webhooks.
        if (ack.Got is { } got && !_caller.IsGuest)
            _shared.Background.Run(() => _grain.AcknowledgeAsync(got));
    }

    /// <summary>In channels that it did not have before it first gets what came after the broadcast of that number.</summary>
    private async Task SwitchAsync(ChannelSet channels, long? broadcasts)
    {
        var (before, after) = (_channels.Broadcasts, channels.Broadcasts);
        _channels = channels;
        _shared.Broadcasts.Leave(this, before.Except(after));
        await _shared.Broadcasts.JoinAsync(this, [.. after.Except(before)], broadcasts);
    }

    private async Task StartAsync(Cursor? since, Announcement? announce)
    {
        await _subscribing.WaitAsync();
        try
        {
            _feed.Pause();
            var videos = announce is null ? _feed.Videos : _channels.Videos;
            var subscription = await _grain.SubscribeAsync(_self, since, videos?.ToArray());
            if (!_feed.Start(subscription, since, videos, announce))
                Close(CloseCode.PositionLost);
        }
        finally
        {
            _subscribing.Release();
        }
    }

    /// <summary>A push was lost, or the grain was activated elsewhere and does not know this socket: continue from the last entry seen.</summary>
    private Task ResumeAsync() => StartAsync(_feed.Seen, announce: null);
}
