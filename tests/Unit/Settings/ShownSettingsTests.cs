using Ingestion.Api.Admin;
using Ingestion.Silo.Settings;
using Microsoft.Extensions.Configuration;

namespace Ingestion.Tests.Unit.Settings;

/// <summary>What operators see of the settings: no secret, whatever is configured.</summary>
public sealed class ShownSettingsTests
{
    private const string Secret = "hunter2";

    [Fact]
    public void Text_IsShownOnlyWhenItIsListed()
    {
        var all = KnownSettings.All.Keys.Select(path => (path, Secret)).ToArray();
        var shown = Read(all).Where(setting => setting.Value?.Contains(Secret, StringComparison.Ordinal) == true).Select(setting => setting.Name);
        Assert.Equal(ShownSettings.Texts.Order(StringComparer.Ordinal), shown);
    }

    [Fact]
    public void Value_IsHidden_WhenItIsNoneOfItsSetting()
    {
        // In a section that the silo does not use nothing is checked.
        var settings = Read(("Ingestion:S3:PartMebibytes", Secret), ("Ingestion:S3:Checksum", Secret), ("Ingestion:S3:PathStyle", Secret));
        Assert.Equal(3, settings.Count(setting => setting is { Value: null, Hidden: true, Source: SettingSource.CommandLine }));
        Assert.DoesNotContain(settings, setting => setting.Value?.Contains(Secret, StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData("Ingestion:Cluster:ConnectionString")]
    [InlineData("Ingestion:Token:Key")]
    [InlineData("Ingestion:Token:SecondKey")]
    [InlineData("Ingestion:Token:KeyFile")]
    [InlineData("Ingestion:Token:Authority")]
    [InlineData("Ingestion:Http:PublicUrl")]
    [InlineData("Ingestion:S3:ServiceUrl")]
    [InlineData("Ingestion:Sqs:QueueUrl")]
    [InlineData("Ingestion:Webhooks:SealingKey")]
    public void Secret_IsKnownToBeSetAndNothingElse(string path)
    {
        Assert.Equal((null, true, SettingSource.CommandLine), Of(path, Read((path, Secret))));
        Assert.Equal((null, false, SettingSource.Default), Of(path, Read()));
        Assert.Equal((null, false, SettingSource.CommandLine), Of(path, Read((path, ""))));
    }

    [Theory]
    [InlineData("Ingestion:Worker:Concurrency", "3", "3")]
    [InlineData("Ingestion:Cluster:ProbeSeconds", "0.50", "0.5")]
    [InlineData("Ingestion:Links:Direct", "True", "true")]
    [InlineData("Ingestion:Store", "s3", "s3")]
    [InlineData("Ingestion:Data", "/var/lib/ingestion", "/var/lib/ingestion")]
    public void Value_IsShown_WhenItCannotBeASecret(string path, string text, string value) =>
        Assert.Equal((value, false, SettingSource.CommandLine), Of(path, Read((path, text))));

    [Theory]
    [InlineData("Ingestion:Worker:Concurrency", "2")]
    [InlineData("Ingestion:Links:Direct", "false")]
    [InlineData("Ingestion:Store", "file")]
    [InlineData("Ingestion:Connections:Max", null)]
    public void Default_IsShown_WhenNothingIsSet(string path, string? value) => Assert.Equal((value, false, SettingSource.Default), Of(path, Read()));

    [Fact]
    public void ListedText_IsASetting() =>
        Assert.All(ShownSettings.Texts, path => Assert.Equal(typeof(string), KnownSettings.All[path].Property.PropertyType));

    private static (string? Value, bool Hidden, SettingSource Source) Of(string path, IEnumerable<EffectiveSetting> settings)
    {
        var setting = Assert.Single(settings, setting => setting.Name == path);
        return (setting.Value, setting.Hidden, setting.Source);
    }

    private static IReadOnlyList<EffectiveSetting> Read(params (string Path, string Value)[] settings) => ShownSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Path, setting => (string?)setting.Value)).Build()).Items;
}
