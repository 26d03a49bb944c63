using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Ingestion.Tests.Unit.Wire;

/// <summary>Times that leave the service have one form, and every RFC 3339 time is read.</summary>
public sealed class WireTimeTests
{
    private static readonly DateTimeOffset _time = new(2026, 11, 26, 16, 26, 39, 63, TimeSpan.FromHours(2));

    public static TheoryData<string> Contexts => [.. typeof(JsonAnswers).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(JsonSerializerContext))).Select(type => type.FullName!)];

    [Fact]
    public void Text_IsUtcWithMillisecondsAndZ()
    {
        Assert.Equal("2026-11-26T14:26:39.063Z", WireTime.Text(_time.AddTicks(8508)));
        Assert.Equal("2026-11-26T14:26:39.000Z", WireTime.Text(_time.AddMilliseconds(-63)));
        Assert.Equal(WireTime.Length, WireTime.Text(DateTimeOffset.MaxValue).Length);
        Assert.Matches(WireTime.Pattern, WireTime.Text(DateTimeOffset.MinValue));
    }

    [Theory]
    [InlineData("2026-11-26T14:26:39Z", 0)]
    [InlineData("2026-11-26T14:26:39.063Z", 630_000)]
    [InlineData("2026-11-26t14:26:39.0630000z", 630_000)]
    [InlineData("2026-11-26 14:26:39.063850812345678901Z", 638_508)]
    [InlineData("2026-11-26T16:26:39.063+02:00", 630_000)]
    [InlineData("2026-11-25T18:56:39-19:30", 0)]
    [InlineData("2026-11-26T14:26:39-00:00", 0)]
    public void Times_AreReadWithAnyFractionAndOffset(string text, long ticks)
    {
        Assert.True(WireTime.TryParse(text, out var time));
        Assert.Equal(new DateTimeOffset(2026, 11, 26, 14, 26, 39, TimeSpan.Zero).AddTicks(ticks), time);
        Assert.Equal(TimeSpan.Zero, time.Offset);
    }

    [Fact]
    public void ALeapSecond_IsTheNextSecond()
    {
        Assert.True(WireTime.TryParse("2016-12-31T23:59:60.5Z", out var time));
        Assert.Equal(new DateTimeOffset(2017, 1, 1, 0, 0, 0, TimeSpan.Zero), time);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-11-26")]
    [InlineData("2026-11-26T14:26:39")]
    [InlineData("2026-11-26T14:26Z")]
    [InlineData("2026-11-26T14:26:39.Z")]
    [InlineData("2026-11-26T14:26:39,5Z")]
    [InlineData("2026-11-26T14:26:39+2:00")]
    [InlineData("2026-11-26T14:26:39+24:00")]
    [InlineData("2026-11-26T14:26:39+0200")]
    [InlineData("2026-02-30T14:26:39Z")]
    [InlineData("2026-11-26T24:00:00Z")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("1732630000")]
    public void OtherTexts_AreNoTimes(string text) => Assert.False(WireTime.TryParse(text, out _));

    [Theory]
    [MemberData(nameof(Contexts))]
    public void EveryJsonContextWithTimes_WritesThemInTheOneForm(string context)
    {
        var type = typeof(JsonAnswers).Assembly.GetType(context)!;
        var own = (JsonSerializerContext)type.GetProperty("Default")!.GetValue(null)!;
        Assert.Null(own.GetTypeInfo(typeof(DateTime)));
        if (own.GetTypeInfo(typeof(DateTimeOffset)) is { } times)
            Assert.IsType<WireTimeConverter>(times.Converter);
    }

    [Fact]
    public void Answers_WriteTimesInTheOneForm()
    {
        var options = new ServiceCollection().AddJsonAnswers().BuildServiceProvider().GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;

        Assert.Equal("\"2026-11-26T14:26:39.063Z\"", JsonSerializer.Serialize(_time, options));
        Assert.Equal("\"2026-11-26T14:26:39.063Z\"", JsonSerializer.Serialize<DateTimeOffset?>(_time, options));
        Assert.Equal(_time, JsonSerializer.Deserialize<DateTimeOffset>("\"2026-11-26T14:26:39.0630000Z\"", options));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<DateTimeOffset>("\"2026-11-26T14:26:39\"", options));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<DateTimeOffset>("5", options));
    }
}
