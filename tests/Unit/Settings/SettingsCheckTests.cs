using Ingestion.Silo.Settings;
using Microsoft.Extensions.Configuration;

namespace Ingestion.Tests.Unit.Settings;

public sealed class SettingsCheckTests
{
    [Theory]
    [InlineData("Ingestion:Uploads:MaxFileByte", "Ingestion:Uploads:MaxFileBytes")]
    [InlineData("Ingestion:Uplods:MaxFileBytes", "Ingestion:Uploads:MaxFileBytes")]
    [InlineData("ingestion:uploads:maxfilebyte", "Ingestion:Uploads:MaxFileBytes")]
    [InlineData("Ingestoin:Uploads:MaxFileBytes", "Ingestion:Uploads:MaxFileBytes")]
    [InlineData("Ingestion_Uploads_MaxFileBytes", "Ingestion:Uploads:MaxFileBytes")]
    [InlineData("Ingestion:ObjectStore:Kind", "Ingestion:Store")]
    [InlineData("Ingestion:Cluster:GatewayPort", "Ingestion:Cluster:SiloPort")]
    [InlineData("Ingestion:Uploads", "Ingestion:Uploads:")]
    [InlineData("Ingestion:Data:Path", "Ingestion:Data")]
    public void UnknownSetting_IsRefusedWithTheNearestOne_WhereverItIs(string path, string nearest)
    {
        var mistake = Assert.Single(Check((path, "5")));
        Assert.StartsWith(path, mistake, StringComparison.Ordinal);
        Assert.Contains($"did you mean {nearest}", mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ingestion:Uploads:MaxFileBytes")]
    [InlineData("INGESTION:UPLOADS:MAXFILEBYTES")]
    [InlineData("Logging:LogLevel:Default")]
    [InlineData("INGESTION_URL")]
    public void Setting_IsAccepted_WhenItIsKnownOrNotOurs(string path) => Assert.Empty(Check((path, "5")));

    [Theory]
    [InlineData("Ingestion:Worker:Concurrency", "0", "Ingestion:Worker:Concurrency must be from 1 to 64, not '0'")]
    [InlineData("Ingestion:Worker:Concurrency", "many", "Ingestion:Worker:Concurrency must be from 1 to 64, not 'many'")]
    [InlineData("Ingestion:Uploads:RequireKnownContainer", "maybe", "Ingestion:Uploads:RequireKnownContainer must be true or false, not 'maybe'")]
    [InlineData("Ingestion:Store", "disk", "Ingestion:Store must be file or s3, not 'disk'")]
    [InlineData("Ingestion:Data", "", "Ingestion:Data must be set")]
    [InlineData("Ingestion:Cluster:Kind", "postgres", "Ingestion:Cluster:ConnectionString must be set when Ingestion:Cluster:Kind is postgres")]
    [InlineData("Ingestion:Store", "s3", "Ingestion:S3:Bucket must be set")]
    [InlineData("Ingestion:Console:SignIn:Audience", "videos", "Ingestion:Console:SignIn:ClientId must be set where the console signs in at a provider")]
    public void Value_IsRefusedInOneSentence_WhenItIsWrong(string path, string value, string sentence) =>
        Assert.Equal(sentence, Assert.Single(Check((path, value))));

    [Fact]
    public void Mistakes_AreAllReported_WhenThereAreSeveral()
    {
        var mistakes = Check(("Ingestion:Uplods:MaxFileBytes", "5"), ("Ingestion:Worker:Concurrency", "0"), ("Ingestion:Sockets:PingSeconds", "-1"),
            ("Ingestion:Http:PublicUrl", "somewhere"));
        Assert.Equal(4, mistakes.Count);
    }

    [Fact]
    public void Section_IsNotRequired_WhenTheSiloDoesNotUseIt() => Assert.Empty(Check(("Ingestion:S3:Region", "eu-central-1")));

    private static IReadOnlyList<string> Check(params (string Path, string Value)[] settings) =>
        SettingsCheck.Run(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Path, setting => (string?)setting.Value))
            .Build());
}
