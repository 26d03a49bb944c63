using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ingestion.Tests.Support;

/// <summary>A certificate authority of a test.</summary>
public sealed class SiloAuthority : IDisposable
{
    public const string ServerUse = "1.3.6.1.5.5.7.3.1";
    public const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly string _folder;
    private readonly DateTimeOffset _now;
    private readonly X509Certificate2 _certificate;

    public SiloAuthority(string folder, DateTimeOffset? now = null, string name = "authority of silos")
    {
        (_folder, _now) = (folder, now ?? TimeProvider.System.GetUtcNow());
        Directory.CreateDirectory(folder);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        _certificate = request.CreateSelfSigned(_now.AddDays(-10), _now.AddDays(10));
        File.WriteAllText(Path, _certificate.ExportCertificatePem());
    }

    /// <summary>The file of its certificate.</summary>
    public string Path => System.IO.Path.Combine(_folder, "authority.pem");

    /// <summary>The settings of a silo that has a new certificate of it, as under <c>Ingestion</c>.</summary>
    public (string Name, string Value)[] SettingsOf(string silo)
    {
        var (certificate, key) = Issue(silo);
        return [("Cluster__Tls__Certificate", certificate), ("Cluster__Tls__Key", key), ("Cluster__Tls__Authority", Path)];
    }

    /// <summary>Writes a new certificate and its key.</summary>
    /// <param name="name">Of the files, and in the certificate.</param>
    /// <param name="notAfter">When it ends; by default in a day.</param>
    /// <param name="uses">What it is for; by default server and client.</param>
    /// <returns>The files.</returns>
    public (string Certificate, string Key) Issue(string name, DateTimeOffset? notAfter = null, params string[] uses)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", pair, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [.. (uses is [] ? [ServerUse, ClientUse] : uses).Select(use => new Oid(use))], critical: false));
        using var certificate = request.Create(_certificate, _now.AddDays(-2), notAfter ?? _now.AddDays(1), RandomNumberGenerator.GetBytes(16));
        var (certificateFile, keyFile) = (System.IO.Path.Combine(_folder, $"{name}.pem"), System.IO.Path.Combine(_folder, $"{name}.key"));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, pair.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return (certificateFile, keyFile);
    }

    public void Dispose() => _certificate.Dispose();
}
