using System.CommandLine;
using System.Globalization;
using Ingestion.Api.Auth;
using Ingestion.Silo.Hosting;
using Ingestion.Silo.Settings;

namespace Ingestion.Silo.Commands;

/// <summary><c>token NAME [--scope S]… [--role R]… [--ttl 1h] [--data DIR]</c>: mints a token with the silo's own key and prints it alone.</summary>
internal static class TokenCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The user id (sub) that the token speaks for." };
        var scopes = new Option<string[]>("--scope")
        {
            Description = $"What it may do: {string.Join(", ", Scopes.All)}. Default: {string.Join(", ", Scopes.Default)}.",
            AllowMultipleArgumentsPerToken = true,
        };
        scopes.AcceptOnlyFromAmong([.. Scopes.All]);
        var lifetime = new Option<TimeSpan>("--ttl")
        {
            Description = "How long it is valid: 90s, 15m, 1h, 30d. Default: 1h.",
            DefaultValueFactory = _ => TimeSpan.FromHours(1),
            CustomParser = result =>
            {
                if (Lifetime.TryParse(result.Tokens[0].Value, out var parsed))
                    return parsed;
                result.AddError("--ttl must be a number with s, m, h or d, like 15m.");
                return default;
            },
        };
        var roles = new Option<string[]>("--role") { Description = "Whose broadcasts it gets.", AllowMultipleArgumentsPerToken = true };
        var tenant = new Option<string?>("--tenant") { Description = "The tenant for which it acts." };
        var data = new Option<string?>("--data") { Description = "The silo's data folder. Default: as of run, ./data." };
        var command = new Command("token", "Prints a bearer token that the silo of this data folder accepts.") { name, scopes, roles, tenant, lifetime, data };
        command.SetAction(parsed =>
        {
            var named = parsed.GetValue(scopes) is { Length: > 0 } some ? some : Scopes.Default;
            return PrintAsync(new TokenRequest(parsed.GetValue(name)!, named, parsed.GetValue(roles), parsed.GetValue(tenant), parsed.GetValue(lifetime)),
                parsed.GetValue(data));
        });
        return command;
    }

    private static async Task<int> PrintAsync(TokenRequest request, string? data)
    {
        try
        {
            Console.WriteLine(await MintAsync(request, data));
            return 0;
        }
        catch (StartException e)
        {
            foreach (var sentence in e.Sentences)
                Console.Error.WriteLine($"ingestion: no token: {sentence}. See {e.Page}.");
            return e.ExitCode;
        }
        catch (InvalidOperationException e)
        {
            Console.Error.WriteLine($"ingestion: no token: {e.Message}");
            return StartException.ExitOfEnvironment;
        }
    }

    private static async Task<string> MintAsync(TokenRequest request, string? data)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        var settings = builder.AddSettings(data is null
            ? new Dictionary<string, string?>()
            : new() { [$"{KnownSettings.Root}:{nameof(SiloSettings.Data)}"] = data });
        var options = builder.Configuration.GetSection($"{KnownSettings.Root}:Token").Get<TokenOptions>()!;
        // A key made here would fit no silo.
        if (options.Key.Length == 0 && options.KeyFile == Configuration.KeyFile(settings) && !File.Exists(options.KeyFile))
            throw StartException.OfEnvironment($"no silo has run in {AsTyped(settings.Data)} yet: start it, or set --data DIR");
        var token = new TokenService(options, SigningKey.Load(options, mayCreate: false), TimeProvider.System)
            .Mint(request.Name, request.Scopes, request.Lifetime, request.Roles, request.Tenant);
        await NoteAsync(settings, token);
        return token;
    }

    /// <summary>For the silo's audit log. Without a data folder there is no silo; and anyone with the key can sign anywhere.</summary>
    private static async Task NoteAsync(SiloSettings settings, string token)
    {
        if (!Directory.Exists(settings.DataPath("")))
            return;
        try
        {
            await new MintedTokens(settings.DataPath("audit")).AddAsync(token, Environment.UserName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StartException.OfEnvironment(
                $"the audit log of {AsTyped(settings.Data)} cannot be written ({e.Message.TrimEnd('.')}), and no token is made without it", e);
        }
    }

    private sealed record TokenRequest(string Name, IReadOnlyList<string> Scopes, string[]? Roles, string? Tenant, TimeSpan Lifetime);

    /// <summary>A folder, so that it cannot be read as an ordinary word.</summary>
    private static string AsTyped(string folder) => Path.IsPathRooted(folder) || folder.StartsWith('.') ? folder : $"./{folder}";
}

/// <summary>Durations as people type them.</summary>
internal static class Lifetime
{
    public static bool TryParse(string text, out TimeSpan lifetime)
    {
        lifetime = default;
        if (text.Length < 2 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
            return false;
        lifetime = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            _ => default,
        };
        return lifetime > TimeSpan.Zero;
    }
}
