using Ingestion.Api.Auth;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;
using Microsoft.AspNetCore.Authentication;

namespace Ingestion.Api.Status.Events;

/// <summary>Finds the caller of an event stream: by its token, or by a ticket that stands for one.</summary>
internal sealed class EventCallers(IGrainFactory grains, Tickets tickets, DeniedTokens denied)
{
    /// <summary>Makes a ticket that stands for the caller.</summary>
    public async Task<string> IssueAsync(SocketCaller caller)
    {
        var ticket = tickets.Make();
        await grains.GetGrain<ITicketGrain>(ticket).IssueAsync(new TicketHolder(caller.User, caller.Expires)
        {
            TokenNumber = caller.Token.Id,
            TokenIssued = caller.Token.IssuedAt,
            TokenMaker = caller.Token.Maker,
            Roles = caller.Roles.ToArray(),
            SharedVideo = caller.SharedVideo,
            ShareId = caller.ShareId,
        });
        return ticket;
    }

    /// <summary>The caller; null when there is none that may read events, and the answer says so.</summary>
    public async Task<SocketCaller?> FindAsync(HttpContext context, string? ticket)
    {
        // A foreign ticket costs no activation.
        if (ticket is not null && tickets.IsOurs(ticket))
        {
            if (await grains.GetGrain<ITicketGrain>(ticket).LookAsync() is { } holder && CallerOf(holder) is var held && !denied.Denies(held.Token))
                return held;
        }
        else if (context.User.Identity is { IsAuthenticated: true })
        {
            var caller = SocketCaller.Of(context.User);
            if (caller.MayRead)
                return caller;
            await context.ForbidAsync();
            return null;
        }

        await context.ChallengeAsync();
        return null;
    }

    /// <summary>The stream begins: a ticket is used up. False when another stream was faster; the answer says so.</summary>
    public async Task<bool> BeginAsync(HttpContext context, string? ticket)
    {
        if (ticket is null || !tickets.IsOurs(ticket) || await grains.GetGrain<ITicketGrain>(ticket).RedeemAsync() is not null)
            return true;
        await context.ChallengeAsync();
        return false;
    }

    private static SocketCaller CallerOf(TicketHolder holder) => new(
        new TokenIdentity(holder.User, holder.TokenNumber, holder.TokenMaker, holder.TokenIssued), holder.TokenExpires, MayRead: true,
        (holder.Roles ?? []).ToHashSet(), holder.SharedVideo, holder.ShareId);
}
