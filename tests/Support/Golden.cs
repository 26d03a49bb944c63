using Xunit;

namespace Ingestion.Tests.Support;

/// <summary>Compares text with a file that is kept under version control, so that a change of what others rely on shows in a review.</summary>
public static class Golden
{
    /// <summary>
    /// <paramref name="path"/> is <c>{feature}/Golden/{name}</c>. On a difference the text is written next to the tests as <c>{name}.actual</c>:
    /// if the change is meant, copy it over the golden file.
    /// </summary>
    public static void Verify(string path, string actual)
    {
        var file = Path.Combine(AppContext.BaseDirectory, path);
        var expected = File.Exists(file) ? File.ReadAllText(file).TrimEnd() : "";
        if (expected == actual.TrimEnd())
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file + ".actual", actual.TrimEnd() + "\n");
        Assert.Fail($"{path} differs.\nGolden:\n{expected}\nActual (also in {Path.GetFileName(file)}.actual beside the tests):\n{actual}");
    }
}
