using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Http;

/// <summary>Fields that every answer has.</summary>
public sealed class AnswerFieldTests
{
    [Fact]
    public async Task NoTypeIsGuessedAndNoJsonIsKept_WhateverAnswers()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var api = silo.As("ann");
        using var anonymous = new ApiClient(silo.Address, token: null);
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        Answer[] answers =
        [
            await api.GetAsync("/api/videos"), await api.GetAsync($"/api/videos/{video}"), await api.GetAsync($"/api/videos/{video}/source"),
            await api.GetAsync("/api/usage"), await api.GetAsync("/api/videos?limit=none"), await api.GetAsync("/nowhere"),
            await anonymous.GetAsync("/api/videos"), await anonymous.GetAsync("/"), await anonymous.GetAsync("/health/live"),
            await anonymous.GetAsync("/health/details"), await anonymous.GetAsync("/openapi/v1.json"),
            await new TusClient(api).PostAsync(null, ("Upload-Length", "10")),
            await RawHttp.RequestForAsync(silo.Address, "a:99999", "GET", "/"),
        ];
        foreach (var answer in answers)
        {
            Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
            Assert.Null(answer.Header("Strict-Transport-Security"));
            if (answer.Header("Content-Type")?.Contains("json", StringComparison.Ordinal) is not true)
                continue;
            Assert.NotNull(answer.Header("Cache-Control"));
            Assert.Contains("Authorization", string.Join(',', answer.Headers["Vary"]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task SilosOfEveryRoleSaySo()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Roles", "worker"));
        using var anonymous = new ApiClient(silo.Address, token: null);
        Assert.Equal("nosniff", (await anonymous.GetAsync("/health/live")).Is(200).Header("X-Content-Type-Options"));
        Assert.Equal("nosniff", (await anonymous.GetAsync("/nowhere")).Header("X-Content-Type-Options"));
    }

    [Fact]
    public async Task AnswerHasStrictTransportSecurity_WhenTheSiloEndsTls()
    {
        using var folder = new TempFolder();
        var (certificate, port) = (Path.Combine(folder.Path, "silo.pfx"), Ports.Next());
        await File.WriteAllBytesAsync(certificate, Certificate());
        await using var silo = await SiloProcess.StartAsync(
            null, ("KESTREL__Endpoints__Plain__Url", "{address}"), ("KESTREL__Endpoints__Tls__Url", $"https://127.0.0.1:{port}"),
            ("KESTREL__Endpoints__Tls__Certificate__Path", certificate));
        Assert.Contains("Strict-Transport-Security: max-age=2592000", await RequestAsync(port, "videos.example.org"), StringComparison.Ordinal);
        Assert.DoesNotContain("Strict-Transport-Security", await RequestAsync(port, "localhost"), StringComparison.Ordinal);
        using var plain = new ApiClient(silo.Address, token: null);
        Assert.Null((await plain.GetAsync("/health/live", ("X-Forwarded-Proto", "https"))).Header("Strict-Transport-Security"));
    }

    private static async Task<string> RequestAsync(int port, string host)
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port, deadline.Token);
        await using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate?.Subject == "CN=silo");
        await stream.AuthenticateAsClientAsync("silo");
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /health/live HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"), deadline.Token);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync(deadline.Token);
    }

    private static byte[] Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=silo", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return certificate.Export(X509ContentType.Pkcs12);
    }
}
