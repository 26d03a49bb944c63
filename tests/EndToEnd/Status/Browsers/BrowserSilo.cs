using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Status.Browsers;

/// <summary>A silo, and a page of another origin in Chromium. Without the programs there is neither: the tests are skipped.</summary>
public sealed class BrowserSilo : SiloFixture
{
    public const string Name = "browser silo";

    internal const int MostSockets = 3;

    internal static readonly string[] Needed = [NpmServer.Node, NpmServer.Npm, BrowserProcess.Chromium];

    private NodeScript? _page;

    internal NodeScript Page => _page!;

    // Nothing processes: the events of an upload are enough, and a video stays queued until its test removes it.
    private protected override (string Name, string Value)[] Settings => [("Roles", "api"), ("Sockets__MaxSocketsPerUser", $"{MostSockets}")];

    internal static Task<NodeScript> OpenAsync(SiloProcess silo) =>
        BrowserProcess.StartAsync("Status/Browsers/browser.mjs", new { api = silo.Address.GetLeftPart(UriPartial.Authority) });

    public override async Task DisposeAsync()
    {
        _page?.Dispose();
        await base.DisposeAsync();
    }

    private protected override async Task PrepareAsync()
    {
        if (ProgramPath.Missing(Needed) is null)
            _page = await OpenAsync(Silo);
    }
}

/// <summary>Classes that share the silo and the page.</summary>
[CollectionDefinition(BrowserSilo.Name)]
public sealed class BrowserSiloTests : ICollectionFixture<BrowserSilo>;
