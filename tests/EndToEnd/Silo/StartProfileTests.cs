namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>The start profile only makes starts shorter: nothing depends on what is in it.</summary>
public sealed class StartProfileTests
{
    [Fact]
    public async Task IsWrittenByAStartAndMadeAgain_WhenItIsRubbish()
    {
        await using var silo = await SiloProcess.StartAsync();
        var profile = Path.Combine(silo.Data, "start", "silo");
        await EndAsync(silo);
        var written = await File.ReadAllBytesAsync(profile);
        Assert.NotEmpty(written);

        await File.WriteAllBytesAsync(profile, written.AsMemory(0, written.Length / 2));
        await silo.StartAgainAsync();
        await EndAsync(silo);
        await File.WriteAllTextAsync(profile, "rubbish");
        await silo.StartAgainAsync();
        using var api = silo.As("alice");
        Assert.Empty(await api.ListAsync());
        await EndAsync(silo);
        Assert.InRange(new FileInfo(profile).Length, written.Length / 2, written.Length * 2);
    }

    private static async Task EndAsync(SiloProcess silo)
    {
        await silo.TerminateAsync();
        Assert.Equal(0, await silo.ExitAsync());
    }
}
