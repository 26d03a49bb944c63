using Ingestion.Api.Problems;
using Microsoft.AspNetCore.Http;

namespace Ingestion.Tests.Unit.Problems;

public class RetryAfterTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData(0.0, "1")]
    [InlineData(0.2, "1")]
    [InlineData(1.0, "1")]
    [InlineData(59.1, "60")]
    [InlineData(86_399.9, "86400")]
    public async Task Header_IsInWholeSecondsRoundedUp_WhenWaitingHelps(double? seconds, string? expected)
    {
        var context = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
        var problem = Problem.Unavailable with { RetryAfter = seconds is { } delay ? TimeSpan.FromSeconds(delay) : null };
        await problem.ToResult().ExecuteAsync(context);
        Assert.Equal(expected, (string?)context.Response.Headers.RetryAfter);
    }
}
