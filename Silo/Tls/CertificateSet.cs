using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ingestion.Silo.Hosting;

namespace Ingestion.Silo.Tls;

/// <summary>The files of <see cref="TlsSettings"/> as they were read once.</summary>
/// <param name="Own">What this silo shows.</param>
/// <param name="Authority">Who may have signed what others show.</param>
/// <param name="AuthorityEnd">When the first of those ends that vouch for our own: others refuse ours from then on.</param>
internal sealed record CertificateSet(SslStreamCertificateContext Own, X509Certificate2Collection Authority, DateTimeOffset AuthorityEnd)
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    // Secrets in a volume of Kubernetes belong to root, and a group of the pod may read them.
    private const UnixFileMode Others =
        UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <exception cref="StartException">A file can't be read, or they don't fit together.</exception>
    public static CertificateSet Read(TlsSettings settings)
    {
        var key = ReadKey(settings.Key);
        var chain = Parse(nameof(TlsSettings.Certificate), settings.Certificate);
        var authority = Parse(nameof(TlsSettings.Authority), settings.Authority);
        var own = WithKey(settings, chain[0], key);
        chain.RemoveAt(0);
        using var proof = new X509Chain { ChainPolicy = PolicyOf(authority) };
        if (Mistake(proof, own, chain) is { } mistake)
            throw Refuse(nameof(TlsSettings.Certificate), settings.Certificate, mistake);
        return new CertificateSet(SslStreamCertificateContext.Create(own, chain, offline: true), authority, EndAbove(proof));
    }

    /// <summary>How the certificate of another silo is checked: by our authority and no other, and without asking anybody on the network.</summary>
    public static X509ChainPolicy PolicyOf(X509Certificate2Collection authority)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authority);
        return policy;
    }

    private static string? Mistake(X509Chain chain, X509Certificate2 own, X509Certificate2Collection between)
    {
        // Each silo is the server of some connections and the client of others.
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerUse));
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientUse));
        chain.ChainPolicy.ExtraStore.AddRange(between);
        if (chain.Build(own))
            return null;
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        return status switch
        {
            _ when status.HasFlag(X509ChainStatusFlags.NotTimeValid) =>
                $"is valid from {own.NotBefore.ToUniversalTime():u} to {own.NotAfter.ToUniversalTime():u} only",
            _ when status.HasFlag(X509ChainStatusFlags.NotValidForUsage) => "is not for both serverAuth and clientAuth, and a silo is both",
            _ => $"is not of the authority of {TlsSettings.Section}:{nameof(TlsSettings.Authority)} ({status})",
        };
    }

    /// <summary>The earliest end in a chain, but for its first certificate; of that one where it is its own authority.</summary>
    private static DateTimeOffset EndAbove(X509Chain chain)
    {
        var above = chain.ChainElements.Count > 1 ? chain.ChainElements.Skip(1) : chain.ChainElements;
        return above.Min(element => new DateTimeOffset(element.Certificate.NotAfter));
    }

    private static X509Certificate2 WithKey(TlsSettings settings, X509Certificate2 certificate, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate.ExportCertificatePem(), key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Refuse(nameof(TlsSettings.Key), settings.Key, $"is not the key of the certificate {settings.Certificate}, in PEM without a password", e);
        }
    }

    private static X509Certificate2Collection Parse(string name, string path)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(ReadText(name, path));
        }
        catch (CryptographicException e)
        {
            throw Refuse(name, path, "has a certificate that can't be read", e);
        }

        return certificates.Count > 0 ? certificates : throw Refuse(name, path, "has no certificate in PEM");
    }

    private static string ReadKey(string path)
    {
        const string Name = nameof(TlsSettings.Key);
        return ReadText(Name, path, file =>
        {
            // Of the file that is read; a path may be a link.
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & Others) != 0)
                throw Refuse(Name, path, "can be read or changed by others: chmod 0600 it");
        });
    }

    private static string ReadText(string name, string path, Action<FileStream>? check = null)
    {
        try
        {
            using var file = File.OpenRead(path);
            check?.Invoke(file);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refuse(name, path, $"can't be read ({e.Message.TrimEnd('.')})", e);
        }
    }

    private static StartException Refuse(string name, string path, string what, Exception? inner = null) =>
        StartException.OfSettings([$"{TlsSettings.Section}:{name}: {path} {what}"], inner);
}
