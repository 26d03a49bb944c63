namespace Ingestion.Tests.EndToEnd.Admin;

/// <summary>A silo as it comes has no dashboard, and nothing of it costs anything.</summary>
[Collection(DefaultSilo.Name)]
public sealed class DashboardOffTests(DefaultSilo shared)
{
    [Fact]
    public async Task Dashboard_IsNotThere_UnlessASettingTurnsItOn()
    {
        using var admin = shared.Silo.As("operator", "admin");
        (await admin.SendAsync(HttpMethod.Post, "/api/admin/dashboard/session")).IsProblem(404, "dashboard_off");
        using var anyone = new ApiClient(shared.Silo.Address, token: null);
        foreach (var path in (string[])["/dashboard", "/dashboard/", "/dashboard/index.min.js", "/dashboard/ClusterStats"])
            (await anyone.GetAsync(path)).IsProblem(404, "not_found");
        Assert.False((await anyone.GetAsync("/")).Is(200).Json.GetProperty("links").TryGetProperty("dashboard", out _));
    }

    /// <summary>It is shipped with the silo, and Orleans loads what its generated code names.</summary>
    [Fact]
    public async Task Assembly_IsNotLoaded()
    {
        Assert.True(File.Exists(Path.Combine(Executable.Folder, "Orleans.Dashboard.dll")));
        var maps = await File.ReadAllTextAsync($"/proc/{shared.Silo.Id}/maps");
        Assert.Contains("Ingestion.Silo.dll", maps, StringComparison.Ordinal);
        Assert.DoesNotContain("Dashboard", maps, StringComparison.OrdinalIgnoreCase);
    }
}
