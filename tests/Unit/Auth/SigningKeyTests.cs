using Ingestion.Api.Auth;

namespace Ingestion.Tests.Unit.Auth;

public sealed class SigningKeyTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TokenOptions _options;

    public SigningKeyTests() => _options = new TokenOptions { KeyFile = _folder.In("keys", "token.key") };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Key_IsMadeOnceForItsOwnerOnly_WhenItIsMissing()
    {
        var key = SigningKey.Load(_options, mayCreate: true);
        Assert.Equal(32, key.Length);
        Assert.Equal(key, SigningKey.Load(_options, mayCreate: true));
        Assert.Equal(key, SigningKey.Load(_options, mayCreate: false));
        Assert.Equal([Path.Combine("keys", "token.key")], _folder.Files);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_options.KeyFile));
    }

    [Fact]
    public void Keys_Differ_WhenFilesDo() =>
        Assert.NotEqual(SigningKey.Load(_options, mayCreate: true), SigningKey.Load(new TokenOptions { KeyFile = _folder.In("other.key") }, mayCreate: true));

    [Fact]
    public void AllAgreeOnOneKey_WhenManyStartAtOnce()
    {
        for (var round = 0; round < 100; round++)
        {
            var options = new TokenOptions { KeyFile = _folder.In($"token-{round}.key") };
            var keys = new byte[4][];
            using var start = new System.Threading.Barrier(keys.Length);
            var threads = Enumerable.Range(0, keys.Length).Select(i => new Thread(() =>
            {
                start.SignalAndWait();
                // An exception leaves null, which is no key.
                Record.Exception(() => keys[i] = SigningKey.Load(options, mayCreate: true));
            })).ToArray();
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());

            Assert.All(keys, key => Assert.Equal(keys[0], key));
            Assert.NotNull(keys[0]);
            Assert.Equal(round + 1, _folder.Files.Count);
        }
    }

    [Fact]
    public void Key_IsNotMade_WhenThatIsNotAllowed()
    {
        var error = Assert.Throws<InvalidOperationException>(() => SigningKey.Load(_options, mayCreate: false));
        Assert.Contains(_options.KeyFile, error.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.Files);
    }

    [Fact]
    public void Error_NamesTheSettings_WhenNeitherIsGiven()
    {
        var error = Assert.Throws<InvalidOperationException>(() => SigningKey.Load(new TokenOptions(), mayCreate: true));
        Assert.Contains("Ingestion:Token:Key", error.Message, StringComparison.Ordinal);
        Assert.Contains("Ingestion:Token:KeyFile", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64 !")]
    [InlineData("c2hvcnQ=")] // Shorter than 32 bytes.
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")] // 31.
    public void Error_NamesTheFileAndKeepsIt_WhenItsContentIsBad(string content)
    {
        Directory.CreateDirectory(_folder.In("keys"));
        File.WriteAllText(_options.KeyFile, content);
        var error = Assert.Throws<InvalidOperationException>(() => SigningKey.Load(_options, mayCreate: true));
        Assert.Contains(_options.KeyFile, error.Message, StringComparison.Ordinal);
        if (content.Length > 0)
            Assert.DoesNotContain(content, error.Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(_options.KeyFile));
    }

    [Fact]
    public void Setting_GoesBeforeTheFile_WhenBothAreGiven()
    {
        _options.Key = Convert.ToBase64String(Jwt.Key);
        Assert.Equal(Jwt.Key, SigningKey.Load(_options, mayCreate: true));
        Assert.Empty(_folder.Files);
        _options.Key = "c2hvcnQ=";
        Assert.Contains("Ingestion:Token:Key", Assert.Throws<InvalidOperationException>(() => SigningKey.Load(_options, mayCreate: true)).Message,
            StringComparison.Ordinal);
    }

    public static TheoryData<string> GuessableKeys =>
    [
        Convert.ToBase64String(new byte[32]),
        Convert.ToBase64String(Enumerable.Repeat((byte)'x', 64).ToArray()),
        Convert.ToBase64String("abcabcabcabcabcabcabcabcabcabcabc"u8),
        Convert.ToBase64String("1234567123456712345671234567123456712345"u8),
    ];

    [Theory]
    [MemberData(nameof(GuessableKeys))]
    public void Key_IsRefusedWithASentence_WhenItCanBeGuessed(string key)
    {
        var error = Assert.Throws<InvalidOperationException>(() => SigningKey.Load(new TokenOptions { Key = key }, mayCreate: true));
        Assert.Contains("Ingestion:Token:Key can be guessed", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, error.Message, StringComparison.Ordinal);
        Assert.Contains("Ingestion:Token:SecondKey", Assert.Throws<InvalidOperationException>(
            () => SigningKey.LoadSecond(new TokenOptions { SecondKey = key })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SecondKey_IsRead_WhenThereIsOne()
    {
        Assert.Null(SigningKey.LoadSecond(_options));
        _options.SecondKeyFile = _folder.In("second.key");
        Assert.Contains(_options.SecondKeyFile, Assert.Throws<InvalidOperationException>(() => SigningKey.LoadSecond(_options)).Message,
            StringComparison.Ordinal);
        File.WriteAllText(_options.SecondKeyFile, Convert.ToBase64String(Jwt.Key) + "\n");
        Assert.Equal(Jwt.Key, SigningKey.LoadSecond(_options));
        byte[] other = [.. Jwt.Key.Reverse()];
        _options.SecondKey = Convert.ToBase64String(other);
        Assert.Equal(other, SigningKey.LoadSecond(_options));
    }

    [Theory]
    [InlineData("600", false)]
    [InlineData("400", false)]
    [InlineData("640", true)]
    [InlineData("604", true)]
    [InlineData("620", true)]
    [InlineData("666", true)]
    public void KeyFile_IsExposed_WhenOthersCanReadOrWriteIt(string mode, bool isExposed)
    {
        if (OperatingSystem.IsWindows())
            return;
        SigningKey.Load(_options, mayCreate: true);
        File.SetUnixFileMode(_options.KeyFile, (UnixFileMode)Convert.ToInt32(mode, 8));
        Assert.Equal(isExposed ? [_options.KeyFile] : [], SigningKey.ExposedFiles(_options));
        _options.Key = Convert.ToBase64String(Jwt.Key);
        Assert.Empty(SigningKey.ExposedFiles(_options));
    }
}
