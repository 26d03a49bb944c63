using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Http;

/// <summary>Addresses that clients are given, through proxies and past them. The tests themselves stand where a trusted proxy would.</summary>
[Collection(DefaultSilo.Name)]
public sealed class ProxyTests(DefaultSilo shared)
{
    [Theory]
    [InlineData("X-Forwarded-Proto=https", "https://{host}")]
    [InlineData("X-Forwarded-Proto=https|X-Forwarded-Host=videos.example.org", "https://videos.example.org")]
    [InlineData("Forwarded=host=evil.example;proto=http|X-Forwarded-Proto=https", "https://{host}")]
    [InlineData("X-Forwarded-For=203.0.113.7|X-Forwarded-Proto=https|X-Forwarded-Host=videos.example.org:8443|X-Forwarded-Prefix=/media",
        "https://videos.example.org:8443/media")]
    [InlineData("X-Forwarded-For=evil, 203.0.113.7|X-Forwarded-Proto=gopher, https|X-Forwarded-Host=evil.example, videos.example.org",
        "https://videos.example.org")]
    public async Task AddressesAreThePublicOnes_WhenATrustedProxyNamesThem(string fields, string root)
    {
        root = root.Replace("{host}", shared.Silo.Address.Authority, StringComparison.Ordinal);
        (await LinksAsync(shared.Silo, fields)).Deconstruct(out var location, out var self);
        Assert.Matches($"^{System.Text.RegularExpressions.Regex.Escape(root)}/api/uploads/[0-9a-f]{{32}}$", location);
        Assert.StartsWith($"{root}/api/videos/", self, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Forwarded-Host=evil.example/path")]
    [InlineData("X-Forwarded-Host=user@evil.example")]
    [InlineData("X-Forwarded-Host=a b")]
    [InlineData("X-Forwarded-Host=evil.example:99999")]
    [InlineData("X-Forwarded-Host=<script>")]
    [InlineData("X-Forwarded-Proto=javascript")]
    [InlineData("X-Forwarded-Proto=https://evil.example/?")]
    [InlineData("X-Forwarded-Prefix=//evil.example")]
    [InlineData("X-Forwarded-Prefix=evil")]
    [InlineData("X-Forwarded-Prefix=/a/../..")]
    [InlineData("X-Forwarded-Prefix=/%0d%0aSet-Cookie:x=1")]
    [InlineData("Forwarded=for=1.2.3.4;proto=https;host=evil.example")]
    public async Task NothingGetsIntoAddresses_WhenTheFieldsAreHostile(string fields)
    {
        (await LinksAsync(shared.Silo, fields)).Deconstruct(out var location, out var self);
        Assert.StartsWith($"{shared.Silo.Address.GetLeftPart(UriPartial.Authority)}/api/uploads/", location, StringComparison.Ordinal);
        Assert.StartsWith("/api/videos/", self, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FieldsMeanNothing_WhenTheirSenderIsNotTrusted()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, ("Http__TrustedProxies", "10.0.0.0/8"));
        foreach (var fields in new[] { "X-Forwarded-Proto=https|X-Forwarded-Host=evil.example|X-Forwarded-Prefix=/evil",
            "Forwarded=proto=https;host=evil.example" })
        {
            (await LinksAsync(silo, fields)).Deconstruct(out var location, out var self);
            Assert.StartsWith($"{silo.Address.GetLeftPart(UriPartial.Authority)}/api/uploads/", location, StringComparison.Ordinal);
            Assert.StartsWith("/api/videos/", self, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task SettingWins_WhenThePublicAddressIsConfigured()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, ("Http__PublicUrl", "https://videos.example.org/media/"));
        (await LinksAsync(silo, "X-Forwarded-Proto=http|X-Forwarded-Host=evil.example|X-Forwarded-Prefix=/evil")).Deconstruct(out var location, out var self);
        Assert.StartsWith("https://videos.example.org/media/api/uploads/", location, StringComparison.Ordinal);
        Assert.StartsWith("https://videos.example.org/media/api/videos/", self, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Http__PublicUrl", "videos.example.org")]
    [InlineData("Http__TrustedProxies", "10.0.0.0/8, somewhere")]
    [InlineData("Http__CorsOrigins", "app.example.org")]
    public async Task SiloDoesNotStart_WhenASettingIsWrong(string name, string value)
    {
        using var folder = new TempFolder();
        var start = Executable.Silo(["--urls", $"http://127.0.0.1:{Ports.Next()}", "--data", Path.Combine(folder.Path, "data")]);
        start.Environment[$"Ingestion__{name}"] = value;
        var run = await Executable.RunAsync(start);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(name["Http__".Length..], run.Output + run.Error, StringComparison.Ordinal);
    }

    /// <summary>Where a new upload is, and where the video of a form upload is.</summary>
    private static async Task<Links> LinksAsync(SiloProcess silo, string fields)
    {
        using var api = silo.As(SiloFixture.NewUser());
        (string, string)[] headers = [.. fields.Split('|').Select(
            field => (field[..field.IndexOf('=', StringComparison.Ordinal)], field[(field.IndexOf('=', StringComparison.Ordinal) + 1)..]))];
        var created = (await new TusClient(api).PostAsync(null, [("Upload-Length", "10"), .. headers])).Is(201);
        var form = FormBody.Of(Samples.Mp4);
        using var content = new ByteArrayContent(form.Bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", form.ContentType);
        var video = (await api.SendAsync(HttpMethod.Post, "/api/videos/upload", content, headers)).Is(201);
        var self = video.Json.GetProperty("links").GetProperty("self").GetString()!;
        Assert.Equal(self, video.Header("Location"));
        var listed = (await api.GetAsync("/api/videos", headers)).Is(200).Json.GetProperty("items")[0].GetProperty("links").GetProperty("self").GetString();
        Assert.Equal(self, listed);
        return new Links(created.Header("Location")!, self);
    }

    private sealed record Links(string Upload, string Video);
}
