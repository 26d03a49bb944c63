using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Console;

/// <summary>The console as files: what a browser is given at <c>/</c>, and the header fields that it gets with them.</summary>
[Collection(DefaultSilo.Name)]
public sealed partial class ConsoleFileTests(DefaultSilo shared) : IDisposable
{
    // It must not be raised: what is added has to be saved elsewhere.
    private const int MostBytes = 150_000;
    private const int MostBytesSent = 62_000;

    // What a person without the scope `admin` waits for: the page for signing in, and the first page after it.
    private const int MostBytesAtFirst = 106_000;
    private const string FirstPage = "/console/pages/upload.js";

    // As browsers send it.
    private const string Html = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    // The name of a language of XML, which nothing is loaded from.
    private const string NameOfSvg = "http://www.w3.org/2000/svg";

    private readonly ApiClient _anyone = new(shared.Silo.Address, token: null);

    /// <summary>Addresses of all files, from the folders that they are in.</summary>
    private static string[] Files { get; } =
        [.. Below("Api/Console/Files", "/console/"), .. Below("clients/typescript/src", "/console/client/", "*.js")];

    public void Dispose() => _anyone.Dispose();

    [Fact]
    public async Task EveryFileIsServed_WithItsTypeAndAStrictPolicy()
    {
        Assert.True(Files.Length > 30);
        foreach (var path in Files)
        {
            var answer = (await _anyone.GetAsync(path)).Is(200);
            Assert.Equal(TypeOf(path), answer.Header("Content-Type"));
            IsGuarded(answer);
            Assert.NotEmpty(answer.Body);
        }
    }

    [Fact]
    public async Task BrowserGetsTheConsole_AndEverythingElseTheDocument()
    {
        var page = (await _anyone.GetAsync("/", ("Accept", Html))).Is(200);
        Assert.Equal("text/html; charset=utf-8", page.Header("Content-Type"));
        Assert.Contains("console/main.js", page.Text, StringComparison.Ordinal);
        IsGuarded(page);

        foreach (var accept in (string[])["*/*", "application/json", "text/html;q=0"])
        {
            var document = (await _anyone.GetAsync("/", ("Accept", accept))).Is(200);
            Assert.Equal("Ingestion", document.Json.GetProperty("name").GetString());
            Assert.Contains("Accept", document.Headers["Vary"].SelectMany(field => field.Split(", ")));
        }

        Assert.Contains("Accept", page.Headers["Vary"].SelectMany(field => field.Split(", ")));
    }

    [Fact]
    public async Task PageSignsInAtNoProvider_UnlessOneIsSet()
    {
        var settings = (await _anyone.GetAsync("/console/sign-in.json")).Is(200);
        Assert.Equal("""{"provider":null}""", settings.Text);
        IsGuarded(settings);
    }

    [Fact]
    public async Task FileIsNotSentAgain_WhenTheBrowserHasIt()
    {
        foreach (var (path, accept) in (IEnumerable<(string, string)>)[("/", Html), ("/console/main.js", "*/*"), ("/console/client/index.js", "*/*")])
        {
            var first = (await _anyone.GetAsync(path, ("Accept", accept))).Is(200);
            var again = (await _anyone.GetAsync(path, ("Accept", accept), ("If-None-Match", first.Header("ETag")!))).Is(304);
            Assert.Equal(first.Header("ETag"), again.Header("ETag"));
            (await _anyone.GetAsync(path, ("Accept", accept), ("If-None-Match", "\"other\""))).Is(200);
            var head = (await _anyone.SendAsync(HttpMethod.Head, path, content: null, ("Accept", accept))).Is(200);
            Assert.Equal((first.Header("ETag"), $"{first.Body.Length}"), (head.Header("ETag"), head.Header("Content-Length")));
            Assert.Empty(head.Body);
        }
    }

    [Fact]
    public async Task FilesAreSmall_AndNameNoOtherHost()
    {
        var (bytes, sent) = (0, 0);
        foreach (var path in Files)
        {
            var answer = (await _anyone.GetAsync(path)).Is(200);
            bytes += answer.Body.Length;
            Assert.DoesNotMatch(Address(), answer.Text.Replace(NameOfSvg, "", StringComparison.Ordinal));
            var packed = (await _anyone.GetAsync(path, ("Accept-Encoding", "br, gzip"))).Is(200);
            Assert.Equal("gzip", packed.Header("Content-Encoding"));
            Assert.NotEqual(answer.Header("ETag"), packed.Header("ETag"));
            Assert.Equal(answer.Body, await UnpackAsync(packed.Body));
            sent += packed.Body.Length;
        }

        Assert.InRange(bytes, 1, MostBytes);
        Assert.InRange(sent, 1, MostBytesSent);
    }

    /// <summary>What is left out of them when they are served is nothing that they need.</summary>
    [ProgramFact(NpmServer.Node)]
    public async Task EveryScriptIsOne()
    {
        using var folder = new TempFolder();
        var script = Path.Combine(folder.Path, "served.mjs");
        foreach (var path in Files.Where(path => path.EndsWith(".js", StringComparison.Ordinal)))
        {
            var text = (await _anyone.GetAsync(path)).Is(200).Text;
            Assert.DoesNotMatch(@"(?m)^\s*//", text);
            await File.WriteAllTextAsync(script, text);
            using var node = Process.Start(new ProcessStartInfo(NpmServer.Node, ["--check", script]) { RedirectStandardError = true })!;
            var complaint = await node.StandardError.ReadToEndAsync();
            await node.WaitForExitAsync();
            Assert.True(node.ExitCode == 0, $"{path}: {complaint}");
        }
    }

    [Fact]
    public async Task MeasurementsAreServed_AndAreSmall()
    {
        var file = (await _anyone.GetAsync("/console/measurements.json")).Is(200);
        IsGuarded(file);
        Assert.InRange(file.Body.Length, 1, 60_000);
        Assert.Contains(file.Json.GetProperty("benches").EnumerateArray(), bench => bench.GetProperty("name").GetString() == "guard");
    }

    /// <summary>Pages of operators are loaded by operators, each with its first visit.</summary>
    [Fact]
    public async Task FirstPageTakesLittle()
    {
        var page = (await _anyone.GetAsync("/console/index.html")).Is(200).Text;
        var waiting = new Queue<string>([.. Loaded().Matches(page).Select(reference => "/" + reference.Groups[1].Value), "/console/text.en.js", FirstPage]);
        var (loaded, bytes) = (new HashSet<string>(), page.Length);
        while (waiting.TryDequeue(out var path))
        {
            if (!loaded.Add(path))
                continue;
            var text = (await _anyone.GetAsync(path)).Is(200).Text;
            bytes += Encoding.UTF8.GetByteCount(text);
            foreach (var module in StaticImport().Matches(text).Select(import => import.Groups[1].Value))
                waiting.Enqueue(new Uri(new Uri($"http://silo{path}"), module).AbsolutePath);
        }

        Assert.Contains("/console/client/socket.js", loaded);
        Assert.Equal(["/console/pages/signin.js", FirstPage], loaded.Where(path => path.StartsWith("/console/pages/", StringComparison.Ordinal)).Order());
        Assert.InRange(bytes, 1, MostBytesAtFirst);
    }

    /// <summary>What a file loads is there: a missing module would break one page only.</summary>
    [Fact]
    public async Task EveryReferenceLeadsToAFile()
    {
        foreach (var path in Files.Where(path => path.EndsWith(".js", StringComparison.Ordinal)))
        {
            var text = (await _anyone.GetAsync(path)).Is(200).Text;
            foreach (var module in Import().Matches(text).Select(import => import.Groups[1].Value))
                Assert.Contains(new Uri(new Uri($"http://silo{path}"), module).AbsolutePath, Files);
        }

        var page = (await _anyone.GetAsync("/console/index.html")).Is(200).Text;
        var loaded = Loaded().Matches(page).Select(reference => "/" + reference.Groups[1].Value).ToArray();
        Assert.NotEmpty(loaded);
        Assert.All(loaded, path => Assert.Contains(path, Files));
        // The policy would refuse scripts and styles that stand in the page itself.
        Assert.DoesNotMatch("<style|style=|<script>|\\son[a-z]+=", page);
    }

    [Theory]
    [InlineData("/console/nothing.js")]
    [InlineData("/console")]
    [InlineData("/console/../../appsettings.json")]
    [InlineData("/console/pages/..%2fmain.js")]
    [InlineData("/index.html")]
    public async Task UnknownFileIsAProblem(string path) => (await _anyone.GetAsync(path, ("Accept", Html))).IsProblem(404, "not_found");

    [Fact]
    public async Task WorkerHasNoConsole()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Roles", "worker"));
        using var anyone = new ApiClient(silo.Address, token: null);
        Assert.Equal("Ingestion", (await anyone.GetAsync("/", ("Accept", Html))).Is(200).Json.GetProperty("name").GetString());
        (await anyone.GetAsync("/console/main.js")).Is(404);
    }

    private static async Task<byte[]> UnpackAsync(byte[] packed)
    {
        using var content = new MemoryStream();
        await using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        await gzip.CopyToAsync(content);
        return content.ToArray();
    }

    private static void IsGuarded(Answer answer)
    {
        var policy = answer.Header("Content-Security-Policy")!.Split("; ");
        string[] wanted =
        [
            "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "form-action 'none'", "frame-ancestors 'none'", "base-uri 'none'",
        ];
        Assert.All(wanted, directive => Assert.Contains(directive, policy));
        Assert.DoesNotContain(policy, directive => directive.Contains("unsafe", StringComparison.Ordinal) || directive.Contains('*', StringComparison.Ordinal));
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
        Assert.Equal("no-referrer", answer.Header("Referrer-Policy"));
        Assert.Equal("no-cache", answer.Header("Cache-Control"));
        Assert.NotNull(answer.Header("ETag"));
        Assert.Null(answer.Header("Set-Cookie"));
    }

    private static string TypeOf(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        _ => "image/svg+xml",
    };

    private static IEnumerable<string> Below(string folder, string address, string pattern = "*")
    {
        var root = Path.Combine(Repository.Root, folder);
        return Directory.EnumerateFiles(root, pattern, SearchOption.AllDirectories).Select(file => address + Path.GetRelativePath(root, file).Replace('\\', '/'));
    }

    [GeneratedRegex("""https?://[\w.]""")]
    private static partial Regex Address();

    [GeneratedRegex("""(?m)(?:^import\b.*?from |^import |^export \{.*?from |import\()'(\..+?)'""")]
    private static partial Regex Import();

    [GeneratedRegex("""(?m)(?:^import\b.*?from |^import |^export \{.*?from )'(\..+?)'""")]
    private static partial Regex StaticImport();

    [GeneratedRegex("""(?:src|href)="([^"]+)""")]
    private static partial Regex Loaded();
}
