using Microsoft.Extensions.Logging.Console;

namespace Ingestion.Silo.Hosting;

internal static class Logs
{
    private const string Options = "Logging:Console:FormatterOptions";

    /// <summary>
    /// How lines look where no setting is made: one line an event with the time of day for people; the whole time in UTC for machines
    /// (<c>Logging:Console:FormatterName=json</c>).
    /// </summary>
    public static void AddLogs(this WebApplicationBuilder builder)
    {
        var streams = new QuietStreams();
        streams.FilterIn(builder.Logging);
        builder.Services.AddSingleton(streams);
        var chosen = builder.Configuration.GetSection(Options);
        builder.Services.Configure<SimpleConsoleFormatterOptions>(simple =>
        {
            simple.SingleLine = chosen.GetValue(nameof(simple.SingleLine), defaultValue: true);
            simple.TimestampFormat ??= "HH:mm:ss.fff ";
        });
        builder.Services.Configure<JsonConsoleFormatterOptions>(json =>
        {
            if (json.TimestampFormat is null)
                (json.TimestampFormat, json.UseUtcTimestamp) = ("yyyy-MM-ddTHH:mm:ss.fffZ", true);
        });
    }
}
