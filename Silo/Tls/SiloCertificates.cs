using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ingestion.Silo.Hosting;
using Orleans.Connections.Security;

namespace Ingestion.Silo.Tls;

/// <summary>
/// The certificates of TLS between silos. A connection that is made later than <see cref="_age"/> after the files were read reads them again, so that
/// renewed certificates need no restart; files that don't fit together, as in the middle of a change, leave the last ones in use. So does a reader of the
/// ends, later: where no connection is made, a renewed certificate has to show too.
/// </summary>
internal sealed partial class SiloCertificates
{
    private static readonly TimeSpan _age = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _ageOfEnds = TimeSpan.FromMinutes(10);

    private readonly TlsSettings _settings;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private CertificateSet _current;
    private long _readAt;

    private SiloCertificates(TlsSettings settings, TimeProvider time)
    {
        (_settings, _time) = (settings, time);
        (_current, _readAt) = (CertificateSet.Read(settings), time.GetTimestamp());
    }

    /// <summary>Where files that can't be used later are logged.</summary>
    public ILogger? Logger { get; set; }

    /// <summary>The certificate of this silo.</summary>
    public X509Certificate2 Own => Current(_age).Own.TargetCertificate;

    /// <summary>When the certificate of this silo ends.</summary>
    public DateTimeOffset OwnEnd => Current(_ageOfEnds).Own.TargetCertificate.NotAfter;

    /// <summary>When the authority ends that it is of, or what stands between the two.</summary>
    public DateTimeOffset AuthorityEnd => Current(_ageOfEnds).AuthorityEnd;

    /// <summary>Null where silos talk in the clear.</summary>
    /// <exception cref="StartException">They can't be used.</exception>
    public static SiloCertificates? Read(TlsSettings settings, TimeProvider time) => settings.IsOn ? new SiloCertificates(settings, time) : null;

    /// <summary>Both sides show a certificate, and take none but those of the authority.</summary>
    public void Apply(TlsOptions options)
    {
        options.LocalCertificate = Own;
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        // Silos find each other by address in a table; the authority says that it is a silo.
        options.RemoteCertificateValidation = (_, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;
        options.OnAuthenticateAsServer = (_, connection) => Apply((SslServerAuthenticationOptions)connection.SslServerAuthenticationOptions);
        options.OnAuthenticateAsClient = (_, connection) => Apply((SslClientAuthenticationOptions)connection.SslClientAuthenticationOptions);
    }

    private void Apply(SslServerAuthenticationOptions connection)
    {
        var current = Current(_age);
        // Orleans gives a callback, beside which nothing else may stand. With a context the certificates between ours and the authority are sent too.
        (connection.ServerCertificate, connection.ServerCertificateSelectionCallback) = (null, null);
        connection.ServerCertificateContext = current.Own;
        connection.CertificateChainPolicy = CertificateSet.PolicyOf(current.Authority);
    }

    private void Apply(SslClientAuthenticationOptions connection)
    {
        var current = Current(_age);
        (connection.ClientCertificates, connection.LocalCertificateSelectionCallback) = (null, null);
        connection.ClientCertificateContext = current.Own;
        connection.CertificateChainPolicy = CertificateSet.PolicyOf(current.Authority);
    }

    private CertificateSet Current(TimeSpan age)
    {
        lock (_lock)
        {
            if (_time.GetElapsedTime(_readAt) < age)
                return _current;
            _readAt = _time.GetTimestamp();
            try
            {
                _current = CertificateSet.Read(_settings);
            }
            catch (Exception e) when (e is StartException or CryptographicException)
            {
                if (Logger is { } logger)
                    LogUnusable(logger, e.Message, _current.Own.TargetCertificate.NotAfter.ToUniversalTime());
            }

            return _current;
        }
    }

    [LoggerMessage(EventName = "SiloCertificateUnusable", Level = LogLevel.Warning,
        Message = "{Reason}; the certificate of before stays in use, until {NotAfter:u}")]
    private static partial void LogUnusable(ILogger logger, string reason, DateTime notAfter);
}
