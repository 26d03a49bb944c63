using Microsoft.Extensions.Configuration;

namespace Ingestion.Api.Auth;

/// <summary>Keys do not belong on a command line: every user of the machine reads it in the list of processes.</summary>
public static class CommandLineSecrets
{
    private static readonly string[] _secrets = ["Ingestion:Token:Key", "Ingestion:Token:SecondKey"];

    /// <summary>Refuses a key among the arguments.</summary>
    /// <exception cref="InvalidOperationException">There is one. The message is a sentence for the operator, without the key.</exception>
    public static void Refuse(string[] args)
    {
        var configuration = new ConfigurationBuilder().AddCommandLine(args).Build();
        foreach (var secret in _secrets)
        {
            if (configuration[secret] is not null)
                throw new InvalidOperationException($"{secret} can't be given on the command line, where every user of this machine sees it. Use {secret}File, or the environment variable {secret.Replace(":", "__", StringComparison.Ordinal)}.");
        }
    }
}
