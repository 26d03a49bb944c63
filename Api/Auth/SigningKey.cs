using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Ingestion.Api.Auth;

/// <summary>The bytes of the shared key, from the configuration or the key file.</summary>
public static partial class SigningKey
{
    private const int Bytes = 32;

    // Of 32 random bytes about 30 differ. Fewer than this is a text, a pattern or zeros, never chance.
    private const int FewestDistinct = 8;

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>
    /// Reads the key. With <paramref name="mayCreate"/> a missing key file is made, mode 0600. Throws with a sentence for the operator when
    /// there is no usable key.
    /// </summary>
    public static byte[] Load(TokenOptions options, bool mayCreate)
    {
        if (options.Key.Length > 0)
            return Decode(options.Key, "The setting Ingestion:Token:Key");
        if (options.KeyFile.Length == 0)
            throw new InvalidOperationException("No token key: set Ingestion:Token:Key (base64, at least 32 bytes) or Ingestion:Token:KeyFile.");
        if (mayCreate)
            CreateIfMissing(options.KeyFile);
        return File.Exists(options.KeyFile)
            ? Decode(File.ReadAllText(options.KeyFile).Trim(), $"The key file {options.KeyFile}")
            : throw new InvalidOperationException(
                $"No token key: the key file {options.KeyFile} does not exist. "
                + "Set Ingestion:Token:KeyFile, or Ingestion:Token:Key (base64, at least 32 bytes).");
    }

    /// <summary>Whether a key is set, or its file is there.</summary>
    public static bool Exists(TokenOptions options) => options.Key.Length > 0 || File.Exists(options.KeyFile);

    /// <summary>Reads the second key of a rotation. Null: there is none. Throws with a sentence for the operator when the second key can't be used.</summary>
    public static byte[]? LoadSecond(TokenOptions options)
    {
        if (options.SecondKey.Length > 0)
            return Decode(options.SecondKey, "The setting Ingestion:Token:SecondKey");
        if (options.SecondKeyFile.Length == 0)
            return null;
        return File.Exists(options.SecondKeyFile)
            ? Decode(File.ReadAllText(options.SecondKeyFile).Trim(), $"The key file {options.SecondKeyFile}")
            : throw new InvalidOperationException($"The key file {options.SecondKeyFile} (Ingestion:Token:SecondKeyFile) does not exist.");
    }

    /// <summary>The key of a setting: base64 of at least 32 bytes. Throws with a sentence for the operator when it can't be used.</summary>
    public static byte[] Read(string text, string setting) => Decode(text, $"The setting {setting}");

    /// <summary>The key files in use that others than their owner can read or write.</summary>
    internal static IEnumerable<string> ExposedFiles(TokenOptions options)
    {
        if (OperatingSystem.IsWindows())
            yield break;
        if (options.Key.Length == 0 && (File.GetUnixFileMode(options.KeyFile) & Others) != 0)
            yield return options.KeyFile;
        if (options.SecondKey.Length == 0 && options.SecondKeyFile.Length > 0 && (File.GetUnixFileMode(options.SecondKeyFile) & Others) != 0)
            yield return options.SecondKeyFile;
    }

    private static void CreateIfMissing(string path)
    {
        if (File.Exists(path))
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        // Written aside and then named, so that two starting processes agree on one key and none reads half of it.
        // The name is random, as processes in containers share their ids.
        var temporary = $"{path}.{Guid.NewGuid():N}";
        var create = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(temporary, create))
            writer.WriteLine(Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes)));
        try
        {
            NameIfFree(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Gives the file its name unless another process was faster.</summary>
    private static void NameIfFree(string temporary, string path)
    {
        // On Unix File.Move looks first and renames then, so that two could both find the name free; a link is one step.
        if (!OperatingSystem.IsWindows() && (Link(temporary, path) == 0 || File.Exists(path)))
            return;
        try
        {
            // Windows, and file systems without hard links.
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was faster.
        }
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string added);

    private static byte[] Decode(string text, string what)
    {
        var buffer = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, buffer, out var length) || length < Bytes)
            throw new InvalidOperationException($"{what} must be base64 of at least {Bytes} bytes.");
        var key = buffer[..length];
        return key.Distinct().Count() >= FewestDistinct
            ? key
            : throw new InvalidOperationException($"{what} can be guessed: its bytes are all alike or nearly so. Make one with: openssl rand -base64 32");
    }
}
