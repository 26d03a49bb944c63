using Ingestion.Silo.Hosting;
using Ingestion.Silo.Tls;

namespace Ingestion.Tests.Unit.Tls;

public sealed class CertificateSetTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SiloAuthority _authority;
    private readonly TlsSettings _settings;

    public CertificateSetTests()
    {
        _authority = new SiloAuthority(_folder.In("authority"));
        var (certificate, key) = _authority.Issue("silo");
        _settings = new TlsSettings { Certificate = certificate, Key = key, Authority = _authority.Path };
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Files_AreTaken_WhenTheyFitTogether() => Assert.Equal("CN=silo", CertificateSet.Read(_settings).Own.TargetCertificate.Subject);

    /// <summary>Secrets in a volume of Kubernetes are links to files of root that a group may read.</summary>
    [Fact]
    public void Key_IsTaken_WhenItIsALinkToAFileThatAGroupMayRead()
    {
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(_settings.Key, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        _settings.Key = File.CreateSymbolicLink(_folder.In("link"), _settings.Key).FullName;
        Assert.Equal("CN=silo", CertificateSet.Read(_settings).Own.TargetCertificate.Subject);
    }

    [Theory]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void Key_IsRefused_WhenOthersCanReadOrChangeIt(UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(_settings.Key, UnixFileMode.UserRead | UnixFileMode.UserWrite | mode);
        Refused($"Ingestion:Cluster:Tls:Key: {_settings.Key} can be read or changed by others: chmod 0600 it");
    }

    [Fact]
    public void File_IsNamed_WhenItIsMissing()
    {
        _settings.Certificate = _folder.In("none.pem");
        Refused($"Ingestion:Cluster:Tls:Certificate: {_settings.Certificate} can't be read (");
    }

    [Fact]
    public void File_IsNamed_WhenItHoldsNoCertificate()
    {
        File.WriteAllText(_settings.Authority, "authority");
        Refused($"Ingestion:Cluster:Tls:Authority: {_settings.Authority} has no certificate in PEM");
    }

    [Fact]
    public void Key_IsNamed_WhenItIsThatOfAnotherCertificate()
    {
        _settings.Key = _authority.Issue("other").Key;
        Refused($"Ingestion:Cluster:Tls:Key: {_settings.Key} is not the key of the certificate {_settings.Certificate}, in PEM without a password");
    }

    [Fact]
    public void Certificate_IsRefused_WhenAnotherAuthoritySignedIt()
    {
        using var other = new SiloAuthority(_folder.In("other"));
        _settings.Authority = other.Path;
        Refused($"Ingestion:Cluster:Tls:Certificate: {_settings.Certificate} is not of the authority of Ingestion:Cluster:Tls:Authority (");
    }

    [Fact]
    public void Certificate_IsRefused_WhenItHasExpired()
    {
        (_settings.Certificate, _settings.Key) = _authority.Issue("silo", TimeProvider.System.GetUtcNow().AddHours(-1));
        Refused($"Ingestion:Cluster:Tls:Certificate: {_settings.Certificate} is valid from ");
    }

    [Theory]
    [InlineData(SiloAuthority.ServerUse)]
    [InlineData(SiloAuthority.ClientUse)]
    public void Certificate_IsRefused_WhenItIsForOneSideOnly(string use)
    {
        (_settings.Certificate, _settings.Key) = _authority.Issue("silo", notAfter: null, use);
        Refused($"Ingestion:Cluster:Tls:Certificate: {_settings.Certificate} is not for both serverAuth and clientAuth, and a silo is both");
    }

    private void Refused(string sentence)
    {
        var refusal = Assert.Throws<StartException>(() => CertificateSet.Read(_settings));
        Assert.StartsWith(sentence, Assert.Single(refusal.Sentences), StringComparison.Ordinal);
        Assert.Equal(StartException.ExitOfSettings, refusal.ExitCode);
    }
}
