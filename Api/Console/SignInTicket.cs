using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ingestion.Api.Console;

/// <summary>Signs the person who started this silo in to the console: once, and soon. The silo shows it in its log at start, in Development only.</summary>
internal sealed class SignInTicket(TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const int RandomBytes = 24;

    private readonly DateTimeOffset _end = time.GetUtcNow() + Lifetime;
    private int _isUsed;

    public string Text { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>True once: for the right text, in time.</summary>
    public bool TryUse(string? text) =>
        text is not null && time.GetUtcNow() < _end && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(Text))
        && Interlocked.Exchange(ref _isUsed, 1) == 0;
}
