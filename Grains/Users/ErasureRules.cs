namespace Ingestion.Grains.Users;

/// <summary>When an erasure is done: pure.</summary>
internal static class ErasureRules
{
    /// <summary>How long a finished erasure can be looked up.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromDays(30);

    /// <summary>
    /// What was under way when it began may still be stored until then: every silo refuses the user's tokens within seconds and ends the user's
    /// requests, and a silo that is frozen is dead to the cluster after 10 s.
    /// </summary>
    public static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(15);

    /// <summary>While something is pending it is looked after again soon; otherwise once everything that was under way has come to its end.</summary>
    public static DateTimeOffset NextPass(ErasureState state, ErasurePass pass, DateTimeOffset now)
    {
        var quiet = state.BegunAt + QuietTime;
        return pass.IsPending || quiet < now ? now : quiet;
    }

    /// <summary>Adds what a pass has removed.</summary>
    public static ErasureState Add(ErasureState state, ErasurePass pass) =>
        state with { Videos = state.Videos + pass.Videos, Uploads = state.Uploads + pass.Uploads, Webhooks = state.Webhooks + pass.Webhooks };

    /// <summary>Whether nothing is left: a whole pass, begun when everything that was under way had ended, found nothing.</summary>
    public static bool IsDone(ErasureState state, ErasurePass pass, DateTimeOffset passBegan) =>
        passBegan >= state.BegunAt + QuietTime && pass is { Videos: 0, Uploads: 0, Webhooks: 0, HadJournal: false, IsPending: false };

    /// <summary>The name goes with the rest.</summary>
    public static ErasureState Done(ErasureState state, DateTimeOffset now) => state with { User = null, EndedAt = now };
}

/// <summary>What one pass over everything has found and removed.</summary>
/// <param name="Videos">Videos.</param>
/// <param name="Uploads">Records of uploads.</param>
/// <param name="Webhooks">Webhooks.</param>
/// <param name="HadJournal">Whether the user had a journal.</param>
/// <param name="IsPending">Whether something is being removed and not gone yet.</param>
internal readonly record struct ErasurePass(int Videos, int Uploads, int Webhooks, bool HadJournal, bool IsPending);
