using System.Text.Json;
using k8s;

namespace Ingestion.Tests.Unit.Deploy.Helm;

/// <summary>
/// Renders the chart. helm itself can't be had from Debian: <c>render.go</c> does what helm does, with Go's templates and sprig as Debian has them.
/// </summary>
public sealed class ChartRenderer : IAsyncLifetime
{
    public const string Go = "go";

    private const string Chart = "deploy/helm/ingestion";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("chart-");

    private string Program => Path.Combine(_folder.FullName, "render");

    public async Task InitializeAsync()
    {
        // The tests are skipped then.
        if (ProgramPath.Missing(Go) is not null)
            return;
        var source = DeployFiles.PathOf("tests/Unit/Deploy/Helm/render.go");
        (string, string)[] environment =
        [
            ("GO111MODULE", "off"), ("GOPATH", "/usr/share/gocode"), ("GOFLAGS", ""), ("GOCACHE", Path.Combine(DeployFiles.Root, "artifacts", "go-cache")),
        ];
        var build = await ProgramRun.RunAsync(Go, ["build", "-o", Program, source], environment);
        Assert.True(build.ExitCode == 0, build.ToString());
    }

    public Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>The text of each template by its name, with these values over those of the chart.</summary>
    internal async Task<Dictionary<string, string>> RenderAsync(string values)
    {
        var run = await TryRenderAsync(values);
        Assert.True(run.ExitCode == 0, run.ToString());
        return JsonSerializer.Deserialize<Dictionary<string, string>>(run.Output)!;
    }

    /// <summary>What the program says, a refusal too.</summary>
    internal async Task<ProgramRun> TryRenderAsync(string values)
    {
        var file = Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(file, values);
        return await ProgramRun.RunAsync(Program, DeployFiles.PathOf(Chart), "video", file);
    }

    /// <summary>The objects of all templates. A member that Kubernetes does not know is an error.</summary>
    internal async Task<List<object>> ObjectsAsync(string values)
    {
        var templates = await RenderAsync(values);
        return
        [
            .. templates.Where(template => template.Key.EndsWith(".yaml", StringComparison.Ordinal) && template.Value.Contains("kind:", StringComparison.Ordinal))
                .SelectMany(template => KubernetesYaml.LoadAllFromString(template.Value, typeMap: null, strict: true)),
        ];
    }
}
