using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Ingestion.Silo.Tls;
using Microsoft.Extensions.Time.Testing;
using Orleans.Connections.Security;

namespace Ingestion.Tests.Unit.Tls;

public sealed class SiloCertificatesTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly SiloAuthority _authority;
    private readonly TlsSettings _settings;

    public SiloCertificatesTests()
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
    public void RenewedFilesAreUsed_WithoutARestart()
    {
        var certificates = SiloCertificates.Read(_settings, _time)!;
        var first = certificates.Own.SerialNumber;
        _authority.Issue("silo");
        Assert.Equal(first, certificates.Own.SerialNumber);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.NotEqual(first, certificates.Own.SerialNumber);
    }

    [Fact]
    public void TheLastOnesAreUsed_WhileTheFilesDoNotFitTogether()
    {
        var certificates = SiloCertificates.Read(_settings, _time)!;
        var first = certificates.Own.SerialNumber;
        var key = File.ReadAllText(_settings.Key);
        _authority.Issue("silo");
        var renewed = File.ReadAllText(_settings.Key);
        File.WriteAllText(_settings.Key, key);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(first, certificates.Own.SerialNumber);
        File.WriteAllText(_settings.Key, renewed);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.NotEqual(first, certificates.Own.SerialNumber);
    }

    [Fact]
    public void Ends_AreOfTheCertificateAndOfItsAuthority_AndFollowARenewalWithoutAConnection()
    {
        var certificates = SiloCertificates.Read(_settings, _time)!;
        Assert.Equal(EndOf(_settings.Certificate), certificates.OwnEnd);
        Assert.Equal(EndOf(_settings.Authority), certificates.AuthorityEnd);
        Assert.NotEqual(certificates.OwnEnd, certificates.AuthorityEnd);

        _authority.Issue("silo", TimeProvider.System.GetUtcNow().AddDays(3));
        // Connections are more frequent than this, and read the files when they need them.
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.NotEqual(EndOf(_settings.Certificate), certificates.OwnEnd);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(EndOf(_settings.Certificate), certificates.OwnEnd);
    }

    [Fact]
    public void Ends_AreThoseOfWhatIsInUse_WhenTheFilesAreGone()
    {
        var certificates = SiloCertificates.Read(_settings, _time)!;
        var (own, authority) = (certificates.OwnEnd, certificates.AuthorityEnd);
        File.Delete(_settings.Certificate);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal((own, authority), (certificates.OwnEnd, certificates.AuthorityEnd));
    }

    [Fact]
    public void EndOfTheAuthority_IsOfTheOneThatSignedOurs_AndNotOfOthersInItsFile()
    {
        using var before = new SiloAuthority(_folder.In("before"), TimeProvider.System.GetUtcNow().AddDays(-5), "authority of before");
        File.AppendAllText(_settings.Authority, "\n" + File.ReadAllText(before.Path));
        Assert.True(EndOf(before.Path) < EndOf(_settings.Authority));
        Assert.Equal(EndOf(_settings.Authority), SiloCertificates.Read(_settings, _time)!.AuthorityEnd);
    }

    [Fact]
    public async Task SilosConnect_WhenBothHaveACertificateOfTheAuthority() =>
        Assert.Equal((true, true), await ConnectAsync(Options(_settings), Options(New(_authority, "other"))));

    [Theory]
    [InlineData("none")]
    [InlineData("of a stranger")]
    [InlineData("for servers")]
    [InlineData("expired")]
    public async Task SiloRefusesAConnection_WhenItComesWithoutASilosCertificate(string certificate)
    {
        var shown = Wrong(certificate, SiloAuthority.ServerUse);
        var stranger = new TlsOptions
        {
            RemoteCertificateValidation = (_, _, _) => true,
            OnAuthenticateAsClient = (_, connection) => connection.ClientCertificates = shown,
        };
        Assert.False((await ConnectAsync(Options(_settings), stranger)).Server);
    }

    [Theory]
    [InlineData("of a stranger")]
    [InlineData("for clients")]
    [InlineData("expired")]
    public async Task SiloTalksToNobody_WhoseCertificateIsNotASilos(string certificate)
    {
        var shown = Wrong(certificate, SiloAuthority.ClientUse)![0];
        var stranger = new TlsOptions
        {
            RemoteCertificateValidation = (_, _, _) => true,
            OnAuthenticateAsServer = (_, connection) => connection.ServerCertificateSelectionCallback = (_, _) => shown,
        };
        Assert.False((await ConnectAsync(stranger, Options(_settings))).Client);
    }

    [Fact]
    public void BothSidesMustShowACertificate()
    {
        var options = new TlsOptions();
        SiloCertificates.Read(_settings, _time)!.Apply(options);
        Assert.Equal(RemoteCertificateMode.RequireCertificate, options.RemoteCertificateMode);
        Assert.Equal(RemoteCertificateMode.RequireCertificate, options.ClientCertificateMode);
        var validate = options.RemoteCertificateValidation;
        Assert.NotNull(validate);
        Assert.True(validate(null!, null!, SslPolicyErrors.None));
        Assert.True(validate(null!, null!, SslPolicyErrors.RemoteCertificateNameMismatch));
        Assert.False(validate(null!, null!, SslPolicyErrors.RemoteCertificateChainErrors));
        Assert.False(validate(null!, null!, SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateChainErrors));
        Assert.False(validate(null!, null!, SslPolicyErrors.RemoteCertificateNotAvailable));
    }

    [Fact]
    public void ThereAreNone_WhenNoneIsSet() => Assert.Null(SiloCertificates.Read(new TlsSettings(), _time));

    private static TlsSettings New(SiloAuthority authority, string name)
    {
        var (certificate, key) = authority.Issue(name);
        return new TlsSettings { Certificate = certificate, Key = key, Authority = authority.Path };
    }

    /// <summary>Of the first certificate of a file.</summary>
    private static DateTimeOffset EndOf(string file)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
        return certificate.NotAfter;
    }

    private TlsOptions Options(TlsSettings settings)
    {
        var options = new TlsOptions();
        SiloCertificates.Read(settings, _time)!.Apply(options);
        return options;
    }

    private X509CertificateCollection? Wrong(string certificate, string use)
    {
        using var strangers = new SiloAuthority(_folder.In("strangers"));
        return certificate switch
        {
            "none" => null,
            "of a stranger" => Load(strangers.Issue("stranger")),
            "expired" => Load(_authority.Issue("late", TimeProvider.System.GetUtcNow().AddHours(-1))),
            _ => Load(_authority.Issue("one-sided", notAfter: null, use)),
        };
    }

    private static X509CertificateCollection Load((string Certificate, string Key) files) =>
        [X509Certificate2.CreateFromPemFile(files.Certificate, files.Key)];

    /// <summary>A handshake as Orleans makes it. With TLS 1.3 a client is done before the server has looked at its certificate.</summary>
    private static async Task<(bool Server, bool Client)> ConnectAsync(TlsOptions serverSide, TlsOptions clientSide)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var outgoing = new TcpClient();
        var accepting = listener.AcceptTcpClientAsync();
        await outgoing.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var incoming = await accepting;
        var server = new TlsServerAuthenticationOptions
        {
            ClientCertificateRequired = true, ServerCertificateSelectionCallback = (_, _) => serverSide.LocalCertificate!,
        };
        serverSide.OnAuthenticateAsServer!(null!, server);
        var client = new TlsClientAuthenticationOptions { TargetHost = "silo" };
        clientSide.OnAuthenticateAsClient!(null!, client);
        var done = await Task.WhenAll(
            SucceedsAsync(incoming, serverSide, stream => stream.AuthenticateAsServerAsync((SslServerAuthenticationOptions)server.SslServerAuthenticationOptions)),
            SucceedsAsync(outgoing, clientSide, stream => stream.AuthenticateAsClientAsync((SslClientAuthenticationOptions)client.SslClientAuthenticationOptions)));
        return (done[0], done[1]);
    }

    private static async Task<bool> SucceedsAsync(TcpClient connection, TlsOptions options, Func<SslStream, Task> handshake)
    {
        var stream = new SslStream(
            connection.GetStream(), leaveInnerStreamOpen: false,
            (_, certificate, chain, errors) => certificate is X509Certificate2 other && options.RemoteCertificateValidation!(other, chain!, errors));
        try
        {
            await handshake(stream);
            return true;
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            await stream.DisposeAsync();
            return false;
        }
    }
}
