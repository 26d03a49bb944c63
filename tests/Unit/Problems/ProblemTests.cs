using System.Reflection;
using System.Text.Json;
using Ingestion.Api.Problems;
using Microsoft.AspNetCore.Http;

namespace Ingestion.Tests.Unit.Problems;

public class ProblemTests
{
    private static readonly Problem[] _all = [.. typeof(Problem).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.FieldType == typeof(Problem)).Select(field => (Problem)field.GetValue(null)!)];

    [Fact]
    public void Codes_AreUniqueSnakeCaseErrors_WhenListed()
    {
        Assert.NotEmpty(_all);
        Assert.Equal(_all.Length, _all.Select(problem => problem.Code).Distinct().Count());
        Assert.All(_all, problem => Assert.Matches("^[a-z]+(_[a-z]+)*$", problem.Code));
        Assert.All(_all, problem => Assert.InRange(problem.Status, 400, 599));
        Assert.All(_all, problem => Assert.EndsWith(".", problem.Title, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("The limit was 500.")]
    public async Task Answer_IsProblemJson_WhenWritten(string? detail)
    {
        var context = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
        await Problem.LimitInvalid.ToResult(detail).ExecuteAsync(context);
        Assert.Equal((400, "application/problem+json", "no-store"),
            (context.Response.StatusCode, context.Response.ContentType, context.Response.Headers.CacheControl.ToString()));
        context.Response.Body.Position = 0;
        using var body = await JsonDocument.ParseAsync(context.Response.Body);
        string? Text(string name) => body.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
        Assert.Equal(
            ("/problems/limit_invalid", Problem.LimitInvalid.Title, detail, "limit_invalid"), (Text("type"), Text("title"), Text("detail"), Text("code")));
        Assert.Equal(400, body.RootElement.GetProperty("status").GetInt32());
    }
}
