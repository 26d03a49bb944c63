using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Ingestion.Silo.Tls;
using Ingestion.Tests.Unit.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Ingestion.Tests.Unit.Tls;

/// <summary>What is known of the listener's certificates, behind a real one.</summary>
public sealed class HttpsCertificatesTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly LogLines _log = new();
    private readonly HttpsCertificates _certificates = new();
    private readonly SiloAuthority _authority;
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    public HttpsCertificatesTests() => _authority = new SiloAuthority(_folder.In("authority"));

    public void Dispose()
    {
        _authority.Dispose();
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task End_IsOfTheOneThatEndsFirst_AndOfTheNewOneOnceItIsRenewed()
    {
        var (soon, later) = (_authority.Issue("soon", _now.AddHours(5)), _authority.Issue("later", _now.AddHours(9)));
        await using var app = await StartAsync(
            ("Kestrel:Endpoints:A:Url", "https://127.0.0.1:0"), ("Kestrel:Endpoints:A:Certificate:Path", later.Certificate),
            ("Kestrel:Endpoints:A:Certificate:KeyPath", later.Key),
            ("Kestrel:Endpoints:B:Url", "https://127.0.0.1:0"), ("Kestrel:Endpoints:B:Certificate:Path", soon.Certificate),
            ("Kestrel:Endpoints:B:Certificate:KeyPath", soon.Key),
            ("Kestrel:Endpoints:C:Url", "http://127.0.0.1:0"));
        Assert.Equal(EndOf(soon.Certificate), _certificates.End);

        var renewed = _authority.Issue("renewed", _now.AddHours(7));
        Replace(soon, renewed);
        await Eventually.TrueAsync(() => _certificates.End == EndOf(soon.Certificate), "the renewed one is known");
        Assert.True(_certificates.End > _now.AddHours(6));
    }

    [Fact]
    public async Task End_StaysThatOfTheOneInUse_WhileTheFileCantBeUsed()
    {
        var files = _authority.Issue("silo", _now.AddHours(5));
        var end = EndOf(files.Certificate);
        await using var app = await StartAsync(
            ("Kestrel:Endpoints:A:Url", "https://127.0.0.1:0"), ("Kestrel:Endpoints:A:Certificate:Path", files.Certificate),
            ("Kestrel:Endpoints:A:Certificate:KeyPath", files.Key));
        await File.WriteAllTextAsync(_folder.In("nonsense"), "no certificate");
        File.Move(_folder.In("nonsense"), files.Certificate, overwrite: true);
        await Eventually.TrueAsync(
            () => Task.FromResult(_log.Lines.Any(line => line.Contains("Unable to reload", StringComparison.Ordinal))), () => string.Join('\n', _log.Lines));
        Assert.Equal(end, _certificates.End);
    }

    [Fact]
    public async Task End_IsOfTheDefaultCertificate_WhereUrlsAreListenedOn()
    {
        var (certificate, key) = _authority.Issue("silo", _now.AddHours(5));
        await using var app = await StartAsync(
            ("urls", "https://127.0.0.1:0"), ("Kestrel:Certificates:Default:Path", certificate), ("Kestrel:Certificates:Default:KeyPath", key));
        Assert.Equal(EndOf(certificate), _certificates.End);
    }

    [Fact]
    public async Task End_IsOfTheEndpointsThatAreLeft_OnceOneIsTakenOutOfTheSettings()
    {
        var (soon, later) = (_authority.Issue("soon", _now.AddHours(5)), _authority.Issue("later", _now.AddHours(9)));
        await WriteSettingsAsync(("Soon", soon), ("Later", later));
        await using var app = await StartAsync();
        Assert.Equal(EndOf(soon.Certificate), _certificates.End);

        await WriteSettingsAsync(("Later", later));
        await Eventually.TrueAsync(() => _certificates.End == EndOf(later.Certificate), "the other one counts");
    }

    [Fact]
    public async Task ThereIsNoEnd_WithoutTls()
    {
        await using var app = await StartAsync(("urls", "http://127.0.0.1:0"));
        Assert.Null(_certificates.End);
    }

    /// <summary>In the file of settings, which is read again when it changes.</summary>
    private async Task WriteSettingsAsync(params (string Name, (string Certificate, string Key) Files)[] endpoints)
    {
        var settings = endpoints.ToDictionary(
            endpoint => endpoint.Name,
            endpoint => new { Url = "https://127.0.0.1:0", Certificate = new { Path = endpoint.Files.Certificate, KeyPath = endpoint.Files.Key } });
        await File.WriteAllTextAsync(_folder.In("settings.new"), JsonSerializer.Serialize(new { Kestrel = new { Endpoints = settings } }));
        File.Move(_folder.In("settings.new"), _folder.In("appsettings.json"), overwrite: true);
    }

    private async Task<WebApplication> StartAsync(params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = _folder.Path });
        foreach (var (name, value) in settings)
            builder.Configuration[name] = value;
        builder.Logging.ClearProviders().AddProvider(_log);
        builder.WebHost.ConfigureKestrel(_certificates.Follow);
        var app = builder.Build();
        await app.StartAsync();
        return app;
    }

    /// <summary>The key first: the listener looks at both when the certificate changes.</summary>
    private static void Replace((string Certificate, string Key) files, (string Certificate, string Key) by)
    {
        File.Move(by.Key, files.Key, overwrite: true);
        File.Move(by.Certificate, files.Certificate, overwrite: true);
    }

    private static DateTimeOffset EndOf(string file)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
        return certificate.NotAfter;
    }
}
