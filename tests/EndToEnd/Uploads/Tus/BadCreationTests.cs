using System.Globalization;

namespace Ingestion.Tests.EndToEnd.Uploads.Tus;

/// <summary>Creations that are wrong: a clear code, and nothing is there afterwards.</summary>
[Collection(StrictSilo.Name)]
public sealed class BadCreationTests(StrictSilo shared)
{
    [Theory]
    [InlineData(null, null, 400, "upload_length_invalid")]
    [InlineData("10", "1", 400, "upload_length_invalid")]
    [InlineData("-1", null, 400, "upload_length_invalid")]
    [InlineData("+1", null, 400, "upload_length_invalid")]
    [InlineData("1.0", null, 400, "upload_length_invalid")]
    [InlineData("0x10", null, 400, "upload_length_invalid")]
    [InlineData("ten", null, 400, "upload_length_invalid")]
    [InlineData("1 0", null, 400, "upload_length_invalid")]
    [InlineData("1,1", null, 400, "upload_length_invalid")]
    [InlineData(null, "0", 400, "upload_length_invalid")]
    [InlineData(null, "2", 400, "upload_length_invalid")]
    [InlineData(null, "true", 400, "upload_length_invalid")]
    [InlineData(null, "1,1", 400, "upload_length_invalid")]
    [InlineData("200001", null, 413, "file_too_large")]
    [InlineData("9223372036854775807", null, 413, "file_too_large")]
    [InlineData("9223372036854775808", null, 413, "file_too_large")]
    [InlineData("99999999999999999999999999999999999999", null, 413, "file_too_large")]
    public Task IsRefused_WhenTheLengthIs(string? length, string? deferred, int status, string code) =>
        IsRefusedAsync(null, status, code, ("Upload-Length", length ?? ""), ("Upload-Defer-Length", deferred ?? ""));

    [Theory]
    [InlineData("filename *")]
    [InlineData("filename Y2xp cC5tcDQ=")]
    [InlineData("filename Y2xpcC5tcDQ=,filename Y2xpcC5tcDQ=")]
    [InlineData("a,b,a")]
    [InlineData("a,,b")]
    [InlineData(",")]
    [InlineData("a,")]
    [InlineData("a\tb")]
    [InlineData("too long")]
    public Task IsRefused_WhenTheMetadataIs(string metadata) => IsRefusedAsync(
        null, 400, "upload_metadata_invalid", ("Upload-Length", "10"),
        ("Upload-Metadata", metadata == "too long" ? $"filename {new string('A', 16 * 1024)}" : metadata));

    [Theory]
    [InlineData("Partial")]
    [InlineData("partial;")]
    [InlineData("final")]
    [InlineData("final;")]
    [InlineData("final; ")]
    [InlineData("final;0123456789abcdef0123456789abcdef")]
    [InlineData("final;/api/uploads/")]
    [InlineData("final;/api/uploads/..%2f..")]
    [InlineData("final;/api/uploads/0123456789abcdef0123456789abcdeg")]
    [InlineData("final;/api/videos/0123456789abcdef0123456789abcdef")]
    [InlineData("final;http://169.254.169.254/latest/meta-data")]
    [InlineData("final;file:///etc/passwd")]
    [InlineData("everything")]
    public Task IsRefused_WhenConcatIs(string concat) =>
        IsRefusedAsync(null, 400, "upload_concat_invalid", ("Upload-Length", concat.StartsWith("final;", StringComparison.Ordinal) ? "" : "10"),
            ("Upload-Concat", concat));

    [Fact]
    public Task IsRefused_WhenAPieceIsUnknown() => IsRefusedAsync(
        null, 400, "partial_upload_unknown", ("Upload-Concat", string.Create(CultureInfo.InvariantCulture, $"final;/api/uploads/{Guid.CreateVersion7():N}")));

    [Theory]
    [InlineData("Upload-Length", "0")]
    [InlineData("Upload-Defer-Length", "1")]
    public Task IsRefused_WhenAFinalUploadHasALength(string field, string value) =>
        IsRefusedAsync(null, 400, "upload_length_invalid", ("Upload-Concat", $"final;/api/uploads/{Guid.CreateVersion7():N}"), (field, value));

    [Fact]
    public Task IsRefused_WhenAFinalUploadHasABody() =>
        IsRefusedAsync([1], 400, "upload_concat_invalid", ("Upload-Concat", $"final;/api/uploads/{Guid.CreateVersion7():N}"));

    [Theory]
    [InlineData("application/octet-stream")]
    [InlineData("application/offset-octet-stream")]
    [InlineData("video/mp4")]
    [InlineData("")]
    public Task IsRefused_WhenTheBodyIsOfType(string type) =>
        IsRefusedAsync(Samples.Mp4, 415, "piece_expected", ("Upload-Length", $"{Samples.Mp4.Length}"), ("Content-Type", type));

    [Fact]
    public Task IsRefused_WhenTheBodyIsLongerThanTheUpload() =>
        IsRefusedAsync(Samples.Mp4, 413, "upload_length_exceeded", ("Upload-Length", $"{Samples.Mp4.Length - 1}"));

    [Theory]
    [InlineData("md5 1B2M2Y8AsgTpgAmY7PhCfg==", "checksum_algorithm_unknown")]
    [InlineData("SHA1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "checksum_algorithm_unknown")]
    [InlineData("sha1", "checksum_invalid")]
    [InlineData("sha1 ", "checksum_invalid")]
    [InlineData("sha1 *", "checksum_invalid")]
    [InlineData("sha1 AAAA", "checksum_invalid")]
    [InlineData("crc32 AAAAAAAA", "checksum_invalid")]
    [InlineData("sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk= twice", "checksum_invalid")]
    public Task IsRefused_WhenTheChecksumIs(string checksum, string code) =>
        IsRefusedAsync(Samples.Mp4, 400, code, ("Upload-Length", $"{Samples.Mp4.Length}"), ("Upload-Checksum", checksum));

    [Fact]
    public Task IsRefused_WhenItIsNoTusAtAll() => shared.LeavesNothingAsync(async () =>
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var content = new ByteArrayContent(Samples.Mp4);
        (await api.SendAsync(HttpMethod.Post, TusClient.Uploads, content)).IsProblem(412, "tus_version_unsupported");
    });

    private Task IsRefusedAsync(byte[]? body, int status, string code, params (string Name, string Value)[] headers) => shared.LeavesNothingAsync(async () =>
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var answer = (await new TusClient(api).PostAsync(body, headers)).IsProblem(status, code);
        Assert.Equal("1.0.0", answer.Header("Tus-Resumable"));
        Assert.Null(answer.Header("Location"));
        Assert.Empty(await socket.SoFarAsync());
    });
}
