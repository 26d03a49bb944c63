using System.Net.Sockets;
using Ingestion.Silo.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Ingestion.Silo.Hosting;

/// <summary>Turns what stops a start into one line a reason on the standard error, and an exit code.</summary>
internal static class StartErrors
{
    private const int ExitOfCrash = 70;

    /// <summary>Runs the silo to its end; the exit code.</summary>
    public static async Task<int> GuardAsync(bool verbose, Func<Start, Task<int>> run)
    {
        var start = new Start();
        try
        {
            return await run(start);
        }
        catch (OperationCanceledException) when (!start.IsOver)
        {
            // Ctrl-C or SIGTERM while something was waited for.
            return 0;
        }
#pragma warning disable CA1031 // The last handler: whatever it is, the operator gets a sentence.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return start.IsOver ? ReportCrash(e) : Report(e, verbose);
        }
    }

    /// <summary>Runs another command; its exit code. What stops it is one line a reason.</summary>
    /// <param name="action">What it does, behind "cannot".</param>
    /// <param name="verbose">Whether the stack is printed.</param>
    /// <param name="command">The command.</param>
    /// <param name="exitOfEnvironment">The exit code when trying again may help.</param>
    public static async Task<int> GuardAsync(
        string action, bool verbose, Func<Task<int>> command, int exitOfEnvironment = StartException.ExitOfEnvironment)
    {
        try
        {
            return await command();
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C or SIGTERM: what it was to do is not done.
            return exitOfEnvironment;
        }
#pragma warning disable CA1031 // The last handler: whatever it is, the operator gets a sentence.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Report(e, verbose, action) is var code and not StartException.ExitOfEnvironment ? code : exitOfEnvironment;
        }
    }

    private static int Report(Exception e, bool verbose, string action = "start")
    {
        var reason = e as StartException ?? Explain(e);
        foreach (var sentence in reason.Sentences)
            Console.Error.WriteLine($"ingestion: cannot {action}: {sentence}{(sentence.EndsWith('?') ? "" : ".")} See {reason.Page}.");
        if (verbose)
            Console.Error.WriteLine(e);
        return reason.ExitCode;
    }

    private static int ReportCrash(Exception e)
    {
        Console.Error.WriteLine($"ingestion: failed: {e}");
        return ExitOfCrash;
    }

    private static StartException Explain(Exception e) => e.GetBaseException() switch
    {
        OptionsValidationException options => StartException.OfSettings([.. options.Failures.Select(failure => failure.TrimEnd('.'))], e),
        InvalidDataException or System.Text.Json.JsonException => StartException.OfSettings([$"a settings file cannot be read: {Sentence(e)}"], e),
        AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } =>
        StartException.OfEnvironment($"{Sentence(e)}: choose another address with --urls", e),
        UnauthorizedAccessException or IOException => StartException.OfEnvironment(Sentence(e.GetBaseException()), e),
        // The message of an exception of ours is written for the operator, and names the setting where one is wrong.
        InvalidOperationException or ArgumentException when IsOurs(e.GetBaseException())
            && e.GetBaseException().Message.Contains($"{KnownSettings.Root}:", StringComparison.Ordinal) =>
            StartException.OfSettings([Sentence(e.GetBaseException())], e),
        InvalidOperationException when IsOurs(e.GetBaseException()) => StartException.OfEnvironment(Sentence(e.GetBaseException()), e),
        var other => StartException.OfEnvironment($"{Sentence(other)} ({other.GetType().Name}; --verbose prints the stack)", e),
    };

    private static bool IsOurs(Exception e) => e.TargetSite?.DeclaringType?.Assembly.GetName().Name?.StartsWith("Ingestion.", StringComparison.Ordinal) is true;

    private static string Sentence(Exception e) => e.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
}

/// <summary>Whether a start is still under way.</summary>
internal sealed class Start
{
    public bool IsOver { get; private set; }

    /// <summary>From the host's start on, what goes wrong is no start error any more.</summary>
    public void EndsWith(IHostApplicationLifetime host) => host.ApplicationStarted.Register(() => IsOver = true);
}
