using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Videos;

/// <summary>Addresses that lead on to the object store, so that the bytes do not pass the silo.</summary>
[NeedsPrograms(NpmServer.Node, NpmServer.Npm)]
public sealed class DirectLinkTests
{
    [ContractFact]
    public async Task OwnersAddressLeadsToTheStore()
    {
        await using var bucket = await S3Bucket.CreateAsync();
        await using var silo = await SiloProcess.StartAsync(data: null, [.. bucket.Settings, ("Links__Direct", "true")]);
        using var owner = silo.As("ann");
        var video = await owner.UploadToReadyAsync(Samples.Mp4, "holiday – été.mp4");
        using var page = new ApiClient(owner.Address, token: null);
        var path = PathOf(await owner.GetJsonAsync($"/api/videos/{video}/links"));

        var answer = (await page.GetAsync(path)).Is(307);

        var address = new Uri(answer.Header("Location")!);
        Assert.Equal(new Uri(bucket.Front.Url).Authority, address.Authority);
        using var http = new HttpClient();
        using var stored = await http.GetAsync(address);
        Assert.Equal(Samples.Mp4, await stored.Content.ReadAsByteArrayAsync());
        // The emulator does not do what these ask for; S3 does.
        var asked = System.Web.HttpUtility.ParseQueryString(address.Query);
        Assert.Equal("video/mp4", asked["response-content-type"]);
        Assert.StartsWith("inline; filename=", asked["response-content-disposition"], StringComparison.Ordinal);
        // Which is signed for GET alone.
        Assert.Equal($"{Samples.Mp4.Length}", (await page.SendAsync(HttpMethod.Head, path)).Is(200).Header("Content-Length"));
    }

    [ContractFact]
    public async Task WhatAShareShowsPassesTheSilo_SoThatItEndsWithIt()
    {
        await using var bucket = await S3Bucket.CreateAsync();
        await using var silo = await SiloProcess.StartAsync(data: null, [.. bucket.Settings, ("Links__Direct", "true")]);
        using var owner = silo.As("ann");
        var video = await owner.UploadToReadyAsync(Samples.Mp4);
        var share = (await owner.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share?play=true")).Is(201).Json.GetProperty("token").GetString();
        using var guest = new ApiClient(owner.Address, share);
        using var page = new ApiClient(owner.Address, token: null);

        Assert.Equal(Samples.Mp4, (await page.GetAsync(PathOf(await guest.GetJsonAsync($"/api/videos/{video}/links")))).Is(200).Body);
    }

    private static string PathOf(JsonElement links) => new Uri(links.GetProperty("source_url").GetString()!).PathAndQuery;
}
