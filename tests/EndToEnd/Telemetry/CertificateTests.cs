using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Ingestion.Tests.EndToEnd.Telemetry;

/// <summary>How long the certificate lasts that clients are shown, where the silo ends TLS.</summary>
public sealed partial class CertificateTests
{
    private const double Hour = 3600;

    [Fact]
    public async Task TimeUntilTheEnd_IsThatOfTheCertificateInUse_AlsoOnceItIsRenewed()
    {
        using var folder = new TempFolder();
        using var authority = new SiloAuthority(folder.In("authority"));
        var now = TimeProvider.System.GetUtcNow();
        var (certificate, key) = authority.Issue("first", now.AddHours(5));
        var port = Ports.Next();
        await using var silo = await SiloProcess.StartAsync(
            data: null, ("KESTREL__Endpoints__Plain__Url", "{address}"), ("KESTREL__Endpoints__Tls__Url", $"https://127.0.0.1:{port}"),
            ("KESTREL__Endpoints__Tls__Certificate__Path", certificate), ("KESTREL__Endpoints__Tls__Certificate__KeyPath", key));
        using var anyone = new ApiClient(silo.Address, token: null);
        Assert.InRange(await RemainingAsync(anyone), 4 * Hour, 5 * Hour);
        using var client = new TcpClient();
        await using var before = await ConnectAsync(client, port);
        Assert.Equal("CN=first", before.RemoteCertificate!.Subject);
        // With a request it would live for longer than the deadline of this test.
        await before.WriteAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());

        var renewed = authority.Issue("renewed", now.AddHours(9));
        File.Move(renewed.Key, key, overwrite: true);
        File.Move(renewed.Certificate, certificate, overwrite: true);
        await Eventually.TrueAsync(async () => await RemainingAsync(anyone) > 8 * Hour, () => $"the new one is in use\n{silo.Log}");
        await Eventually.TrueAsync(async () => await ShownAsync(port) == "CN=renewed", () => $"it is shown\n{silo.Log}");
        await EndedAsync(before);
        (await anyone.GetAsync("/health/ready")).Is(200);
    }

    private static async Task<double> RemainingAsync(ApiClient anyone)
    {
        var found = Remaining().Match((await anyone.GetAsync("/metrics")).Is(200).Text);
        return found.Success ? double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : double.NaN;
    }

    /// <summary>The subject; what went wrong while the listener changes.</summary>
    private static async Task<string> ShownAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await using var stream = await ConnectAsync(client, port);
            return stream.RemoteCertificate!.Subject;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return e.Message;
        }
    }

    private static async Task<SslStream> ConnectAsync(TcpClient client, int port)
    {
        await client.ConnectAsync("127.0.0.1", port);
        var stream = new SslStream(
            client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate?.Subject is "CN=first" or "CN=renewed");
        await stream.AuthenticateAsClientAsync("silo");
        return stream;
    }

    /// <summary>The listener ends the connections of an endpoint that it begins anew.</summary>
    private static async Task EndedAsync(SslStream connection)
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        try
        {
            // The answer, and the end.
            while (await connection.ReadAsync(new byte[4096], deadline.Token) > 0)
                continue;
        }
        catch (IOException)
        {
            // Reset.
        }
    }

    [GeneratedRegex("""^ingestion_certificate_remaining_seconds\{[^}]*ingestion_certificate_use="http"[^}]*\} ([^ \n]+)""", RegexOptions.Multiline)]
    private static partial Regex Remaining();
}
