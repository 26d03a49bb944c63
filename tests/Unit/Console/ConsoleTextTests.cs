using Ingestion.Api.Console;
using Ingestion.Tests.Unit.Deploy;

namespace Ingestion.Tests.Unit.Console;

/// <summary>What is left out of scripts and style sheets, and what only looks like it.</summary>
public sealed class ConsoleTextTests
{
    [Fact]
    public void CommentsOnLinesOfTheirOwn_EmptyLinesAndIndentation_AreLeftOut() => Assert.Equal(
        "import './a.js'\nexport class A {\n#b = 1 // Behind code it stays.\nc() {\nreturn this.#b\n}\n}\n",
        ConsoleText.OfScript("""
            // At the top.
            import './a.js'

            /** One line. */
            export class A {
              #b = 1 // Behind code it stays.

              /**
               * Several lines: // with this, 'that' and `those`.
               */
              c() {
                /* Here too. */
                return this.#b
              }
            }

            """));

    [Theory]
    [InlineData("const a = 'http://a.example/' // b", "a string with two slashes")]
    [InlineData("const a = \"/* b\"\nconst c = '*/'", "strings with the two ends of a comment")]
    [InlineData("const a = 'it\\'s // b'", "a string with its own quote")]
    [InlineData("const a = 'b\\\n  // c'", "a string over two lines")]
    [InlineData("const a = `b\n  // c\n\n  /* d */\n  e`\nf", "a template over lines")]
    [InlineData("const a = `${b ? `\n  // c` : { d: 1 }}\n  // e`", "a template in the code of a template")]
    [InlineData("const a = `\\`\n  // b`", "a template with its own quote")]
    [InlineData("const a = `\\${\n  // b`", "a template without code")]
    [InlineData("const a = /['\"`]\\//.test(b)\nc", "a regular expression with quotes")]
    [InlineData("const a = b.split(/[/'`]/)\nc", "a slash in a class of characters")]
    [InlineData("return /`/.exec(a)", "a regular expression behind a word")]
    [InlineData("const a = b / c / `\n  d`", "divisions before a template")]
    [InlineData("const a = (b) / 2\nc = d[0] / 2", "divisions behind what ends a value")]
    [InlineData("const a = b.in / 2\nc = d$ / '2'", "divisions behind what looks like an operator, and behind a name")]
    [InlineData("const a = `${1 / 2}\n  / '`\nb", "a division in a template")]
    [InlineData("a /* b\n  c */ d", "a comment in code")]
    [InlineData("/* a */ b", "a comment before code")]
    [InlineData("const { a } = { a: { b: `}\n  ` } }", "braces in a template")]
    public void CodeStays_ToTheCharacter(string script, string why)
    {
        Assert.True(ConsoleText.OfScript(script) == script, why);
        // It was understood: what follows is left out.
        Assert.Equal(script + "\n", ConsoleText.OfScript(script + "\n  // the end\n"));
    }

    [Theory]
    [InlineData("  a\n  b = `c")]
    [InlineData("  a\n  b = 'c\n  d'")]
    [InlineData("  a\n  /* b")]
    [InlineData("  a = `${b")]
    [InlineData("  a\n  b = /c\n  d/")]
    public void ScriptIsAsItWas_WhereItIsNotUnderstood(string script) => Assert.Equal(script, ConsoleText.OfScript(script));

    [Theory]
    [InlineData("", "")]
    [InlineData("  \n\n // a", "")]
    [InlineData("\ta\r\n\r\n  // b\r\n  c\r\n", "a\r\nc\r\n")]
    [InlineData("`${\n  // a\n  b}`\n  c", "`${\nb}`\nc")]
    [InlineData("a\n  /* b */ // c\n  d", "a\n/* b */ // c\nd")]
    public void LinesEndWhereTheyDid(string script, string expected) => Assert.Equal(expected, ConsoleText.OfScript(script));

    [Fact]
    public void TwoSlashesAreNoComment_InStyles() => Assert.Equal(
        ".a {\n//b: c;\nbackground: url(\"d//e/*\");\n}\n.g::before { content: \"\\\"/*\"; }\n",
        ConsoleText.OfStyles("/* The\n   frame */\n.a {\n  //b: c;\n  background: url(\"d//e/*\");\n  /* f */\n}\n\n.g::before { content: \"\\\"/*\"; }\n"));

    /// <summary>None of the console's is left as it is because it was not understood.</summary>
    [Theory]
    [InlineData("Api/Console/Files")]
    [InlineData("clients/typescript/src")]
    public void EveryFileIsShortened(string folder)
    {
        var files = Directory.GetFiles(DeployFiles.PathOf(folder), "*.*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var (file, text) in files.Select(file => (file, File.ReadAllText(file))))
        {
            if (Path.GetExtension(file) is ".css")
                Assert.DoesNotMatch("(?m)^(?:\\s|/\\*)", ConsoleText.OfStyles(text));
            else if (Path.GetExtension(file) is ".js")
                Assert.DoesNotMatch("(?m)^(?:[ \\t]|//|/\\*)", ConsoleText.OfScript(text));
        }
    }
}
