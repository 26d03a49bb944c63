using System.Text.RegularExpressions;

namespace Ingestion.Tests.EndToEnd.Console;

/// <summary>The types of the client module, in a file that no browser loads, agree with its code.</summary>
public sealed partial class ClientTypesTests
{
    private const string Folder = "clients/typescript/src";

    // Behind this line a class has what its own module needs.
    private const string Inside = "// What follows is for transports.";

    [Theory]
    [InlineData("Ingestion", "index.js")]
    [InlineData("Videos", "api.js")]
    [InlineData("Shares", "api.js")]
    [InlineData("Webhooks", "api.js")]
    [InlineData("Uploads", "api.js")]
    [InlineData("Upload", "upload.js")]
    [InlineData("Watch", "watch.js")]
    [InlineData("Hub", "hub.js")]
    public async Task TypesHaveEveryMember_AndNoOther(string name, string file)
    {
        var code = Block(await ReadAsync(file), name).Split(Inside)[0];
        var types = Block(await ReadAsync("index.d.ts"), name);
        var members = Members().Matches(code).Select(match => match.Groups[1].Value).Where(member => member is not "constructor").Distinct().ToArray();
        Assert.NotEmpty(members);
        Assert.All(members, member => Assert.Contains(member, Declared().Matches(types).Select(match => match.Groups[1].Value)));
        Assert.All(Called().Matches(types).Select(match => match.Groups[1].Value), method => Assert.Contains(method, members));
    }

    [Fact]
    public async Task TypesHaveEveryTransport_AndNoOther()
    {
        var code = Regex.Match(await ReadAsync("watch.js"), "(?m)^const transports = \\{(.*)\\}$").Groups[1].Value;
        var types = Regex.Match(await ReadAsync("index.d.ts"), "(?m)^export type Transport = (.*)$").Groups[1].Value;
        Assert.Equal(
            ["auto", .. Regex.Matches(code, "(\\w+):").Select(match => match.Groups[1].Value)],
            Regex.Matches(types, "'(\\w+)'").Select(match => match.Groups[1].Value));
    }

    private static Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(Repository.Root, Folder, file));

    private static string Block(string text, string name) =>
        Regex.Match(text, $$"""(?ms)^export (?:class|interface) {{name}}\b.*?^\}|^interface {{name}}\b.*?^\}""").Value;

    [GeneratedRegex("""(?m)^  (?:async )?(?:get |set )?(\w+)\(""")]
    private static partial Regex Members();

    [GeneratedRegex("""(?m)^  (?:readonly )?(\w+)\??[(:]""")]
    private static partial Regex Declared();

    [GeneratedRegex("""(?m)^  (?!constructor)(\w+)\(""")]
    private static partial Regex Called();
}
