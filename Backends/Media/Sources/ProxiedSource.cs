using System.Security.Cryptography;
using Ingestion.Uploads;

namespace Ingestion.Backends.Media;

/// <summary>One object under a random path of the loopback, for as long as one job works on it.</summary>
internal sealed class ProxiedSource(ObjectKey key, ObjectInfo info, Uri proxy, IReadOnlyList<string> enter, Action<string> withdraw) : IAsyncDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private long _bytesRead;
    private string? _failure;

    public ObjectKey Key => key;

    public ObjectInfo Info => info;

    /// <summary>128 random bits: as good as a key, and worth nothing after the job.</summary>
    public string Name { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>What stands before a tool that reads it: the way into the proxy's network. Empty where that is the silo's.</summary>
    public IReadOnlyList<string> Enter => enter;

    public string Address => new Uri(proxy, Name).AbsoluteUri;

    /// <summary>Ends every answer under way.</summary>
    public CancellationToken Ended => _ended.Token;

    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>The first failure of the store; null as long as there was none.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    public void Read(int bytes) => Interlocked.Add(ref _bytesRead, bytes);

    public void Fail(string why) => Interlocked.CompareExchange(ref _failure, why, null);

    public void ForgetFailure() => Volatile.Write(ref _failure, null);

    public async ValueTask DisposeAsync()
    {
        withdraw(Name);
        // Not disposed: an answer that is just being begun still needs its token.
        await _ended.CancelAsync();
    }
}
