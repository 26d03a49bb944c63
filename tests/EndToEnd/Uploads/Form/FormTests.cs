using System.Text;

namespace Ingestion.Tests.EndToEnd.Uploads.Form;

/// <summary>Forms that are wrong, and files that are no videos: a clear answer, and nothing left behind.</summary>
[Collection(StrictSilo.Name)]
public sealed class FormTests(StrictSilo shared)
{
    private const string Boundary = "----form-boundary";

    public static TheoryData<string, int, string> BadForms() => new()
    {
        { "no file", 400, "video_file_missing" },
        { "another field", 400, "video_file_missing" },
        { "no parts", 400, "video_file_missing" },
        { "two files", 400, "video_file_repeated" },
        { "two files, the second empty", 400, "video_file_repeated" },
        { "large field", 400, "field_too_large" },
        { "empty file", 400, "file_empty" },
        { "json", 400, "form_expected" },
        { "urlencoded", 400, "form_expected" },
        { "bare video", 400, "form_expected" },
        { "no content type", 400, "form_expected" },
        { "no boundary", 400, "boundary_invalid" },
        { "empty boundary", 400, "boundary_invalid" },
        { "long boundary", 400, "boundary_invalid" },
        { "another boundary", 400, "form_malformed" },
        { "no final boundary", 400, "form_malformed" },
        { "no final boundary, video whole", 400, "form_malformed" },
        { "cut in a part's head", 400, "form_malformed" },
        { "endless part head", 400, "form_malformed" },
        { "empty body", 400, "form_malformed" },
        { "an attachment", 400, "part_disposition_invalid" },
        { "an attachment behind the file", 400, "part_disposition_invalid" },
    };

    [Theory]
    [MemberData(nameof(BadForms))]
    public Task IsRefusedAndLeavesNothing_WhenTheFormHas(string kind, int status, string code) => shared.LeavesNothingAsync(async () =>
    {
        var user = SiloFixture.NewUser();
        using var api = shared.Silo.As(user);
        await using var socket = await StatusClient.SubscribedAsync(api);
        (await api.PostAsync(BadForm(kind))).IsProblem(status, code);
        (await api.PostAsync(BadForm(kind), chunked: true)).IsProblem(status, code);

        Assert.Empty(await api.ListAsync());
        // Uploads begun before the form proved invalid are published as failed, and nothing else is published.
        foreach (var ofOne in (await socket.SoFarAsync()).GroupBy(e => e.VideoId))
            Assert.Equal(["receiving", "failed"], ofOne.Select(e => e.State));
    });

    /// <summary>Below and beyond what is passed over of a field.</summary>
    [Theory]
    [InlineData("file", 20, "The form has a file in the field \"file\".")]
    [InlineData("file", 100_000, "The form has a file in the field \"file\".")]
    [InlineData("video_file[]", 100_000, "The form has a file in the field \"video_file[]\".")]
    [InlineData("\u202Ex\u001B[31m", 20, "The form has a file in the field \"x[31m\".")]
    [InlineData("", 20, "The form has a file in the field without a name.")]
    public Task FieldIsNamed_WhenTheFileIsInAnotherOne(string field, int length, string detail) => shared.LeavesNothingAsync(async () =>
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var answer = (await api.PostAsync(FormBody.Of([.. Samples.Mp4[..20], .. new byte[length]], field: field))).IsProblem(400, "video_file_missing");
        Assert.Equal(detail, answer.Json.GetProperty("detail").GetString());
    });

    [Fact]
    public Task FieldIsNamedAndShortened_WhenItIsTooLarge() => shared.LeavesNothingAsync(async () =>
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var form = new FormBody().Field(new string('t', 100), new string('x', 70_000)).File(Samples.Mp4).End();
        var answer = (await api.PostAsync(form)).IsProblem(400, "field_too_large");
        Assert.Equal($"The field \"{new string('t', 64)}\" is larger than 64 KiB.", answer.Json.GetProperty("detail").GetString());
    });

    public static TheoryData<string> NoVideos() => ["png", "zip", "text", "html", "one byte", "eleven bytes", "wav", "m4a", "heic", "matroska of no type"];

    [Theory]
    [MemberData(nameof(NoVideos))]
    public Task IsRefusedByItsFirstBytesAndLeavesNothing_WhenTheFileIs(string kind) => shared.LeavesNothingAsync(async () =>
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var code = kind switch { "wav" or "m4a" => "audio_only", "png" or "heic" => "image_only", _ => "not_a_video" };
        foreach (var length in new[] { 0, 100_000 })
        {
            var content = NoVideo(kind);
            var padded = kind.EndsWith("bytes", StringComparison.Ordinal) || kind.EndsWith("byte", StringComparison.Ordinal)
                ? content
                : [.. content, .. new byte[length]];
            (await api.PostAsync(FormBody.Of(padded, "film.mp4"))).IsProblem(415, code);
        }

        Assert.Empty(await api.ListAsync());
    });

    private static FormBody BadForm(string kind) => kind switch
    {
        "no file" => new FormBody().Field("title", "holiday").End(),
        "another field" => FormBody.Of(Samples.Mp4, field: "file"),
        "no parts" => new FormBody().End(),
        "two files" => new FormBody().File(Samples.Mp4).File(Samples.Mp4).End(),
        "two files, the second empty" => new FormBody().File(Samples.Mp4).File([]).End(),
        "large field" => new FormBody().Field("title", new string('x', 70_000)).File(Samples.Mp4).End(),
        "empty file" => FormBody.Of([]),
        "json" => new FormBody { ContentType = "application/json" }.Text("{}"),
        "urlencoded" => new FormBody { ContentType = "application/x-www-form-urlencoded" }.Text("video_file=x"),
        "bare video" => new FormBody { ContentType = "video/mp4" }.Raw(Samples.Mp4),
        "no content type" => new FormBody { ContentType = "" }.Raw(Samples.Mp4),
        "no boundary" => WithType("multipart/form-data"),
        "empty boundary" => WithType("multipart/form-data; boundary=\"\""),
        "long boundary" => WithType($"multipart/form-data; boundary={new string('b', 71)}"),
        "another boundary" => WithType("multipart/form-data; boundary=other"),
        "no final boundary" => new FormBody().Text($"--{Boundary}\r\nContent-Disposition: form-data; name=\"video_file\"; filename=\"a.mp4\"\r\n\r\n")
        .Raw(Samples.Mp4),
        "no final boundary, video whole" => new FormBody().File(Samples.Mp4),
        "cut in a part's head" => new FormBody().Text($"--{Boundary}\r\nContent-Disposition: form-da"),
        "endless part head" => new FormBody().Text($"--{Boundary}\r\nX-Long: {new string('x', 100_000)}\r\n\r\n").End(),
        "empty body" => new FormBody(),
        "an attachment" => Attachment(new FormBody()).End(),
        "an attachment behind the file" => Attachment(new FormBody().File(Samples.Mp4)).End(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null),
    };

    private static FormBody Attachment(FormBody form) =>
        form.Text($"--{Boundary}\r\nContent-Disposition: attachment; name=\"video_file\"; filename=\"a.mp4\"\r\n\r\nx\r\n");

    private static FormBody WithType(string type) => new FormBody(Boundary) { ContentType = type }.File(Samples.Mp4).End();

    private static byte[] NoVideo(string kind) => kind switch
    {
        "png" => [0x89, .. "PNG\r\n\u001a\n\0\0\0\rIHDR"u8],
        "zip" => [.. "PK\u0003\u0004\u0014\0\0\0\b\0\0\0\0\0"u8],
        "text" => Encoding.UTF8.GetBytes("This is a text and no film, whatever its name."),
        "html" => Encoding.UTF8.GetBytes("<!doctype html><script>alert(1)</script>"),
        "one byte" => [0],
        "eleven bytes" => Samples.Mp4[..11],
        "wav" => [.. "RIFF\0\0\0\0WAVEfmt "u8],
        "m4a" => [.. "\0\0\0\u0018ftypM4A \0\0\0\0"u8],
        "heic" => [.. "\0\0\0\u0018ftypheic\0\0\0\0"u8],
        "matroska of no type" => [0x1A, 0x45, 0xDF, 0xA3, .. new byte[60]],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null),
    };
}
