using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>Chromium, led by a script in Node.</summary>
internal static class BrowserProcess
{
    public const string Chromium = "chromium";

    /// <summary>Runs a script of the build's output; its one argument are the settings, and where it finds the browser.</summary>
    public static async Task<NodeScript> StartAsync(string script, object settings)
    {
        var argument = JsonSerializer.SerializeToNode(settings)!.AsObject();
        argument["chromium"] = ProgramPath.Find(Chromium);
        argument["puppeteer"] = await NpmServer.InstallAsync("puppeteer-core", "25.16.0");
        return NodeScript.Start(script, argument);
    }
}
