using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Ingestion.Api.Problems;
using Ingestion.Api.Videos.Links;
using Microsoft.Net.Http.Headers;

namespace Ingestion.Api.Console;

/// <summary>
/// The files of the console: resources of this assembly, so that they are there however the silo is shipped, what the page has to know of a sign-in, and what
/// was measured. They are read, and scripts and style sheets shortened, at the first request for one.
/// </summary>
internal sealed class ConsoleFiles(IOptions<MediaLinkOptions> links, IOptions<SignInOptions> signIn)
{
    public const string Page = "index.html";

    private const string Prefix = "console/";

    private const string Packed = "gzip";

    // Everything is of this silo; what scripts and style sheets of other places could do is not allowed. Pictures and videos may come from the object store,
    // where signed addresses lead there. The page exchanges the code of a sign-in with the identity provider.
    private readonly string _policy = $"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'{Provider(signIn)}; "
        + $"img-src 'self' data:{Elsewhere(links)}; media-src 'self'{Elsewhere(links)}; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

    private static readonly FrozenDictionary<string, string> _types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".json"] = "application/json",
    }.ToFrozenDictionary();

    private readonly Lazy<FrozenDictionary<string, ConsoleFile>> _files = new(() => Load(signIn.Value));

    /// <summary>The file, or 404 <c>not_found</c>.</summary>
    public IResult Serve(HttpContext context, string? name)
    {
        if (name is null || !_files.Value.TryGetValue(name, out var file))
            return Problem.NotFound.ToResult();
        var headers = context.Response.Headers;
        // A browser asks each time, and gets 304 until the silo is another one.
        headers.CacheControl = "no-cache";
        headers.ContentSecurityPolicy = _policy;
        headers["Referrer-Policy"] = "no-referrer";
        headers.Append("Vary", "Accept-Encoding");
        if (!AcceptsPacked(context.Request))
            return TypedResults.Bytes(file.Content, file.Type, entityTag: file.Tag);
        headers.ContentEncoding = Packed;
        return TypedResults.Bytes(file.PackedContent, file.Type, entityTag: file.PackedTag);
    }

    private static string Elsewhere(IOptions<MediaLinkOptions> links) => links.Value.Direct ? " https: http:" : "";

    private static string Provider(IOptions<SignInOptions> signIn) => signIn.Value.IsOn ? $" {signIn.Value.Origin}" : "";

    private static bool AcceptsPacked(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding.Any(coding => coding.Value.Equals(Packed, StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0);

    private static FrozenDictionary<string, ConsoleFile> Load(SignInOptions signIn)
    {
        var assembly = typeof(ConsoleFiles).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => (Name: name[Prefix.Length..].Replace('\\', '/'), Content: Shorten(name, Read(assembly, name))))
            .Append((Name: SignInSettings.File, Content: SignInSettings.Write(signIn)))
            .Append((Name: Measurements.File, Content: ReadMeasurements(assembly)))
            .ToFrozenDictionary(file => file.Name, file => Of(file.Name, file.Content));
    }

    private static byte[] Shorten(string name, byte[] content) => Path.GetExtension(name) switch
    {
        ".js" => Encoding.UTF8.GetBytes(ConsoleText.OfScript(Encoding.UTF8.GetString(content))),
        ".css" => Encoding.UTF8.GetBytes(ConsoleText.OfStyles(Encoding.UTF8.GetString(content))),
        _ => content,
    };

    private static byte[] ReadMeasurements(Assembly assembly)
    {
        var results = assembly.GetManifestResourceNames().Where(name => name.StartsWith(Measurements.Prefix, StringComparison.Ordinal));
        return Measurements.Write(results.Order(StringComparer.Ordinal).Select(name => Read(assembly, name)), Read(assembly, Measurements.Bounds));
    }

    private static byte[] Read(Assembly assembly, string name)
    {
        using var resource = assembly.GetManifestResourceStream(name)!;
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }

    private static ConsoleFile Of(string name, byte[] content)
    {
        var packed = Pack(content);
        return new ConsoleFile(_types[Path.GetExtension(name)], content, TagOf(content), packed, TagOf(packed));
    }

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
            gzip.Write(content);
        return packed.ToArray();
    }

    private static EntityTagHeaderValue TagOf(byte[] content) => new($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"");

    private sealed record ConsoleFile(string Type, byte[] Content, EntityTagHeaderValue Tag, byte[] PackedContent, EntityTagHeaderValue PackedTag);
}
