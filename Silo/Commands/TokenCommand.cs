using System.CommandLine;
using System.Globalization;
using Ingestion.Api.Auth;
using Ingestion.Silo.Hosting;

namespace Ingestion.Silo.Commands;

/// <summary><c>token NAME [--scope S]… [--ttl 1h] [--data DIR]</c>: mints a token with the silo's own key and prints it alone.</summary>
internal static class TokenCommand
{
    private static readonly string[] _defaultScopes = [Scopes.Upload, Scopes.Read];

    public static int Run(string[] args)
    {
        var name = new Argument<string>("name") { Description = "The user id (sub) that the token speaks for." };
        var scopes = new Option<string[]>("--scope") { Description = "What it may do: upload, read, admin. Default: upload and read.", AllowMultipleArgumentsPerToken = true };
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
        var roles = new Option<string[]>("--role") { Description = "Whose broadcasts it hears.", AllowMultipleArgumentsPerToken = true };
        var data = new Option<string?>("--data") { Description = "The silo's data folder. Default: the configured one." };
        var command = new RootCommand("Mints a bearer token.") { name, scopes, roles, lifetime, data };
        command.SetAction(parsed => Mint(parsed.GetValue(name)!, parsed.GetValue(scopes), parsed.GetValue(roles), parsed.GetValue(lifetime), parsed.GetValue(data)));
        return command.Parse(args).Invoke();
    }

    private static int Mint(string name, string[]? scopes, string[]? roles, TimeSpan lifetime, string? data)
    {
        string[] overrides = data is null ? [] : ["--data", data];
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.AddSettings(overrides);
        var options = builder.Configuration.GetSection("Ingestion:Token").Get<TokenOptions>() ?? new TokenOptions();
        try
        {
            var tokens = new TokenService(options, SigningKey.Load(options, mayCreate: builder.Environment.IsDevelopment()), TimeProvider.System);
            Console.WriteLine(tokens.Mint(name, scopes is { Length: > 0 } ? scopes : _defaultScopes, lifetime, roles));
            return 0;
        }
        catch (InvalidOperationException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }
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
