using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Ingestion.Api.Auth.Provider;

/// <summary>
/// The keys of the configured identity provider. They are fetched at start, again once an hour, and again when a token names a key that is not
/// known, but never twice within <see cref="ShortestInterval"/>: tokens of strangers can't make the service fetch more often. While the provider
/// can't be reached, the keys that were fetched last stay in use.
/// </summary>
/// <remarks>Microsoft's ConfigurationManager fetches for each request while it has nothing, and lets the first token of a new key fail.</remarks>
internal sealed partial class ProviderKeys(TokenOptions options, IDocumentRetriever documents, TimeProvider time, ILogger<ProviderKeys> logger)
{
    /// <summary>Between the starts of two fetches.</summary>
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(10);

    /// <summary>A key that the provider has withdrawn is accepted for so long.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private ProviderKeySet? _keys;
    private Task _fetch = Task.CompletedTask;
    private long? _fetchBegan;
    private bool _isFailing;

    private string Address => options.JwksUrl.Length > 0 ? options.JwksUrl : ProviderDocuments.AddressOf(options.Authority);

    /// <summary>Fetches the keys before the first token comes. Never fails: the service starts without its provider, too.</summary>
    public Task WarmUpAsync() => options.HasProvider ? FetchAtMostAsync(ShortestInterval) : Task.CompletedTask;

    /// <summary>The rules for a token, by its claims before its signature is checked.</summary>
    public async ValueTask<KeyLookup> FindAsync(string issuer, string? kid)
    {
        if (IsForeign(issuer))
            return KeyLookup.Foreign;
        if (Volatile.Read(ref _keys)?.Find(kid) is { } rules)
        {
            // Not awaited: the fetch continues in the background, and its outcome serves later tokens.
            _ = FetchAtMostAsync(RefreshInterval);
            return KeyLookup.Of(rules);
        }

        await FetchAtMostAsync(ShortestInterval);
        if (Volatile.Read(ref _keys) is not { } keys)
            return KeyLookup.Unavailable;
        return IsForeign(issuer) ? KeyLookup.Foreign : KeyLookup.Of(keys.Find(kid));
    }

    private bool IsForeign(string issuer) => (options.Issuer.Length > 0 ? options.Issuer : Volatile.Read(ref _keys)?.Issuer) is { } known && issuer != known;

    /// <summary>The fetch under way, or a new one unless the last one is younger than <paramref name="interval"/>.</summary>
    private Task FetchAtMostAsync(TimeSpan interval)
    {
        lock (_gate)
        {
            if (_fetch.IsCompleted && (_fetchBegan is not { } began || time.GetElapsedTime(began) >= interval))
            {
                _fetchBegan = time.GetTimestamp();
                _fetch = Task.Run(FetchAsync);
            }

            return _fetch;
        }
    }

    private async Task FetchAsync()
    {
        try
        {
            var before = _keys;
            var keys = await ReadAsync(before);
            Volatile.Write(ref _keys, keys);
            if (_isFailing || before is null || !before.Kids.SequenceEqual(keys.Kids))
                LogKeysFetched(keys.Count, keys.Issuer);
            _isFailing = false;
        }
#pragma warning disable CA1031 // What a foreign document makes the library throw is not known, and must not fail the requests that wait here.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // Only the first of a row: how often this happens is up to the senders of tokens.
            if (!_isFailing)
                LogKeysUnavailable(Address, e.Message);
            _isFailing = true;
        }
    }

    private async Task<ProviderKeySet> ReadAsync(ProviderKeySet? before)
    {
        var (issuer, keys) = (options.Issuer, default(JsonWebKeySet));
        if (options.JwksUrl.Length > 0)
        {
            keys = new JsonWebKeySet(await documents.GetDocumentAsync(Address, CancellationToken.None));
        }
        else
        {
            var document = await OpenIdConnectConfigurationRetriever.GetAsync(Address, documents, CancellationToken.None);
            issuer = issuer.Length > 0 ? issuer : document.Issuer;
            keys = document.JsonWebKeySet;
        }

        if (string.IsNullOrEmpty(issuer) || issuer == options.OwnIssuer)
            throw new InvalidOperationException("Its document names no issuer, or ours.");
        var set = ProviderKeySet.Of(issuer, keys?.Keys ?? [], options, before);
        return set.Count > 0 ? set : throw new InvalidOperationException("It publishes no key that signs by one of Ingestion:Token:Algorithms.");
    }

    [LoggerMessage(EventName = "ProviderKeysFetched", Level = LogLevel.Information, Message = "Identity provider: {Keys} keys of {Issuer}")]
    private partial void LogKeysFetched(int keys, string issuer);

    [LoggerMessage(EventName = "ProviderKeysUnavailable", Level = LogLevel.Warning,
        Message = "Identity provider: the keys can't be read from {Address}: {Error} It is retried with the tokens that need them")]
    private partial void LogKeysUnavailable(string address, string error);
}
