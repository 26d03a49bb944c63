using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Http;

/// <summary>X-HTTP-Method-Override beats the method, whatever that is.</summary>
[Collection(DefaultSilo.Name)]
public sealed class MethodOverrideTests(DefaultSilo shared)
{
    public static TheoryData<string, string> Pairs()
    {
        var data = new TheoryData<string, string>();
        foreach (var actual in new[] { "GET", "POST", "PUT", "DELETE", "PATCH" })
        {
            foreach (var meant in new[] { "POST", "HEAD", "PATCH", "patch", "DELETE" })
                data.Add(actual, meant);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task RequestDoesWhatItMeans_WhenTheMethodIsOverridden(string actual, string meant)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        var isCreation = meant == "POST";
        var body = meant is "PATCH" or "patch" ? Samples.Mp4[..100] : null;
        (string, string)[] fields = [("X-HTTP-Method-Override", meant), ("Upload-Offset", "0"), ("Upload-Length", isCreation ? "10" : "")];
        var answer = await tus.SendAsync(actual, isCreation ? TusClient.Uploads : path, body, fields);
        switch (meant)
        {
            case "POST":
                Assert.Equal(0, await tus.OffsetAsync(TusClient.PathOf(answer)));
                break;
            case "HEAD":
                Assert.Equal(0, TusClient.OffsetOf(answer.Is(200)));
                break;
            case "DELETE":
                answer.Is(204);
                (await tus.HeadAsync(path)).Is(410);
                break;
            default:
                Assert.Equal(100, TusClient.OffsetOf(answer.Is(204)));
                break;
        }
    }

    [Theory]
    [InlineData("SHOUT")]
    [InlineData("CONNECT")]
    [InlineData("TRACE")]
    [InlineData("PATCH, DELETE")]
    public async Task IsRefusedAndNothingIsDone_WhenTheOverrideIs(string method)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(10);
        (await tus.SendAsync("DELETE", path, null, ("X-HTTP-Method-Override", method))).IsProblem(400, "method_override_invalid");
        Assert.Equal(0, await tus.OffsetAsync(path));
    }

    /// <summary>It holds for all of the API.</summary>
    [Fact]
    public async Task VideoIsRead_WhenAPostMeansGet()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        Assert.Empty((await api.SendAsync(HttpMethod.Post, "/api/videos", null, ("X-HTTP-Method-Override", "GET"))).Is(200).Json.GetProperty("items")
            .EnumerateArray());
    }

    /// <summary>The client of a GET reads as many bytes as Content-Length states, so there the field is 0 (S11).</summary>
    [Theory]
    [InlineData("/source")]
    [InlineData("")]
    public async Task AnswerHasNoBody_WhenAGetMeansHead(string what)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var id = await api.UploadAsync(Samples.Mp4);
        var answer = await api.SendAsync(HttpMethod.Get, $"/api/videos/{id}{what}", null, ("X-HTTP-Method-Override", "HEAD"));
        Assert.Empty(answer.Body);
        Assert.Equal(200, answer.Status);
        Assert.Equal("0", answer.Header("Content-Length"));
        (await api.GetAsync($"/api/videos/{id}")).Is(200);
    }
}
