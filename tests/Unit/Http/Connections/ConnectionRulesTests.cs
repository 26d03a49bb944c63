using Ingestion.Api.Http.Connections;

namespace Ingestion.Tests.Unit.Http.Connections;

/// <summary>How many connections a process with so many files may take.</summary>
public sealed class ConnectionRulesTests
{
    /// <summary>Beside the connections there is room for the silo's own files and those of uploads.</summary>
    [Theory]
    [InlineData(100, 64)]
    [InlineData(700, 167)]
    [InlineData(1_024, 383)]
    [InlineData(4_096, 2_431)]
    [InlineData(65_536, 56_894)]
    [InlineData(1_048_576, 1_039_934)]
    public void LimitFollowsTheFiles_WhenNothingIsSet(int files, int expected) =>
        Assert.Equal((expected, expected * 9 / 10), (ConnectionRules.Of(files, null, null).Max, ConnectionRules.Of(files, null, null).MaxLasting));

    [Theory]
    [InlineData(700L, 50, null, 50, 45)]
    [InlineData(700L, 50, 10, 50, 10)]
    [InlineData(700L, 0, null, 167, 150)]
    [InlineData(700L, 5_000, null, 167, 150)]
    [InlineData(null, 5_000, null, 5_000, 4_500)]
    [InlineData(null, 0, null, 0, 0)]
    [InlineData(700L, null, 0, 167, 0)]
    [InlineData(null, null, null, 0, 0)]
    public void SettingLowersWhatTheFilesAllow_WhenThereIsOne(long? files, int? max, int? maxLasting, int expected, int expectedLasting) =>
        Assert.Equal(new ConnectionLimits(expected, expectedLasting), ConnectionRules.Of(files, max, maxLasting));

    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 1_024L)]
    [InlineData("Max open files            unlimited            unlimited            files     ", null)]
    [InlineData("Max processes             7                    7                    processes ", null)]
    public void SoftLimitIsRead_FromTheKernel(string line, long? expected) =>
        Assert.Equal(expected, OpenFileLimit.Parse(["Limit  Soft Limit  Hard Limit  Units", line]));
}
