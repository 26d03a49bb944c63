using System.Data.Common;
using System.Reflection;
using Ingestion.Api.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingestion.Tests.Unit.Problems;

public class RetryAfterTests
{
    [Fact]
    public void EveryUnavailability_SaysWhenToRetry() =>
        Assert.All(
            typeof(Problem).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<Problem>(),
            problem => Assert.True(problem.Status != StatusCodes.Status503ServiceUnavailable || problem.RetryAfter > TimeSpan.Zero, problem.Code));

    /// <summary>Whatever reads the database beside grain storage.</summary>
    [Fact]
    public Task TroubleOfTheDatabase_IsUnavailable() => IsUnavailableAsync(new NoConnectionException());

    /// <summary>A grain that is found no place in time, as after a silo was killed.</summary>
    [Fact]
    public Task CallOfOursThatGaveUp_IsUnavailable_WhileTheClientWaits() => IsUnavailableAsync(new TaskCanceledException());

    /// <summary>Its grains are in another silo soon: whoever waited for longer would wait for nothing.</summary>
    [Fact]
    public Task CallWhoseSiloIsGone_IsToBeRepeatedSoon() => IsUnavailableAsync(new SiloUnavailableException(), "1");

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

    private static async Task IsUnavailableAsync(Exception exception, string seconds = "10")
    {
        var context = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
        var problems = new ExceptionProblems(TimeProvider.System, NullLogger<ExceptionProblems>.Instance);
        await problems.TryHandleAsync(context, exception, CancellationToken.None);
        Assert.Equal((503, seconds), (context.Response.StatusCode, (string?)context.Response.Headers.RetryAfter));
    }

    private sealed class NoConnectionException() : DbException("53300: sorry, too many clients already");
}
