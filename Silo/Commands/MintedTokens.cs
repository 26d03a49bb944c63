using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Ingestion.Silo.Commands;

/// <summary>
/// Tokens that the command made, in a file of the data folder until the silo has put them into its audit log: the command prints the token alone, and
/// ends before the rest is read. The file is locked while it is written and read.
/// </summary>
internal sealed class MintedTokens(string folder)
{
    private const int Attempts = 50;
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    private readonly string _path = Path.Combine(folder, "minted.jsonl");

    /// <summary>Adds a token. It is not kept itself, only what it is known by.</summary>
    /// <exception cref="IOException">It could not be written, or the file stays locked.</exception>
    public async Task AddAsync(string token, string madeBy)
    {
        var jwt = new JsonWebToken(token);
        var line = JsonSerializer.SerializeToUtf8Bytes(
            new MintedToken(jwt.Id, jwt.Subject, jwt.GetPayloadValue<string>("scope"), jwt.ValidTo, madeBy), MintedTokenJson.Default.MintedToken);
        Directory.CreateDirectory(folder);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.None);
                file.Write([.. line, (byte)'\n']);
                file.Flush(flushToDisk: true);
                return;
            }
            catch (IOException) when (attempt < Attempts)
            {
                // A silo, or another command, has it.
                await Task.Delay(_pause);
            }
        }
    }

    /// <summary>Returns the added tokens and forgets them; none while another process has the file.</summary>
    public int Take(Action<MintedToken> take)
    {
        if (!File.Exists(_path))
            return 0;
        try
        {
            using var file = new FileStream(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            using var reader = new StreamReader(file, leaveOpen: true);
            var count = 0;
            for (; reader.ReadLine() is { } line; count++)
            {
                if (TryRead(line) is { } token)
                    take(token);
            }

            file.SetLength(0);
            return count;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Null: a crash of the command has cut the line.</summary>
    private static MintedToken? TryRead(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, MintedTokenJson.Default.MintedToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A token that the command made.</summary>
/// <param name="Id">Its <c>jti</c>.</param>
/// <param name="User">The user it acts for.</param>
/// <param name="Scopes">Separated by blanks.</param>
/// <param name="Expires">When it ends.</param>
/// <param name="MadeBy">The user of the machine that ran the command.</param>
internal sealed record MintedToken(string Id, string User, string Scopes, DateTime Expires, string MadeBy);

[JsonSerializable(typeof(MintedToken))]
internal sealed partial class MintedTokenJson : JsonSerializerContext;
