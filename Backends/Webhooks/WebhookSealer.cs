using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Ingestion.Webhooks;

namespace Ingestion.Backends.Webhooks;

/// <summary>
/// Seals with AES-256-GCM and keys of its own, derived from those of the service. A seal is <c>sealed:1:{key}:{nonce, text and tag}</c>; its key is
/// named, so that a second one can open what the first one of yesterday has sealed.
/// </summary>
internal sealed class WebhookSealer : IWebhookSealer, IDisposable
{
    private const string Prefix = "sealed:1:";
    private const int KeyBytes = 32;
    private const int NameBytes = 6;

    // A cipher is not safe for more than one thread.
    private readonly (string Name, AesGcm Cipher)[] _keys;

    /// <param name="keys">The first one seals; all of them open.</param>
    public WebhookSealer(IEnumerable<byte[]> keys) =>
        _keys = [.. keys.Select(key => (NameOf(key), new AesGcm(Derive(key, KeyBytes, "ingestion webhook secret v1"), AesGcm.TagByteSizes.MaxSize)))];

    public string Seal(string secret, string webhooks)
    {
        var text = Encoding.UTF8.GetBytes(secret);
        var seal = new byte[AesGcm.NonceByteSizes.MaxSize + text.Length + AesGcm.TagByteSizes.MaxSize];
        var parts = Cut(seal);
        RandomNumberGenerator.Fill(parts.Nonce);
        lock (_keys[0].Cipher)
            _keys[0].Cipher.Encrypt(parts.Nonce, text, parts.Text, parts.Tag, Encoding.UTF8.GetBytes(webhooks));
        return $"{Prefix}{_keys[0].Name}:{Base64Url.EncodeToString(seal)}";
    }

    public string? Open(string stored, string webhooks)
    {
        if (!stored.StartsWith(Prefix, StringComparison.Ordinal))
            return stored;
        if (stored.Split(':') is not [_, _, var name, var text] || Array.Find(_keys, key => key.Name == name).Cipher is not { } cipher)
            return null;
        try
        {
            var seal = Base64Url.DecodeFromChars(text);
            if (seal.Length < AesGcm.NonceByteSizes.MaxSize + AesGcm.TagByteSizes.MaxSize)
                return null;
            var parts = Cut(seal);
            var secret = new byte[parts.Text.Length];
            lock (cipher)
                cipher.Decrypt(parts.Nonce, parts.Text, parts.Tag, secret, Encoding.UTF8.GetBytes(webhooks));
            return Encoding.UTF8.GetString(secret);
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return null;
        }
    }

    public bool IsCurrent(string stored) => stored.StartsWith($"{Prefix}{_keys[0].Name}:", StringComparison.Ordinal);

    public void Dispose()
    {
        foreach (var (_, cipher) in _keys)
            cipher.Dispose();
    }

    private static string NameOf(byte[] key) => Base64Url.EncodeToString(Derive(key, NameBytes, "ingestion webhook key name v1"));

    private static byte[] Derive(byte[] key, int length, string info) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, length, info: Encoding.ASCII.GetBytes(info));

    private static Parts Cut(byte[] seal)
    {
        var textEnd = seal.Length - AesGcm.TagByteSizes.MaxSize;
        return new Parts
        {
            Nonce = seal.AsSpan(0, AesGcm.NonceByteSizes.MaxSize),
            Text = seal.AsSpan(AesGcm.NonceByteSizes.MaxSize..textEnd),
            Tag = seal.AsSpan(textEnd),
        };
    }

    private readonly ref struct Parts
    {
        public Span<byte> Nonce { get; init; }

        public Span<byte> Text { get; init; }

        public Span<byte> Tag { get; init; }
    }
}
