using System.Net;
using System.Net.Sockets;
using Ingestion.Api.Http.Connections;
using Ingestion.Api.Stopping;
using Ingestion.Silo.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ingestion.Tests.Unit.Http.Connections;

/// <summary>What the silo listens with.</summary>
public sealed class ListenerTests
{
    // Connections beyond the limit that are still accepted, to be refused with an answer.
    private const int Refused = 32;

    [Fact]
    public async Task ConnectionsWaitInTheKernel_WhenTheProcessCanHoldNoMore()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["Ingestion:Connections:Max"] = "1";
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSiloStop(new StopTimes(TimeSpan.Zero, TimeSpan.Zero));
        builder.AddListener();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        // The server queries the last one first.
        Assert.IsType<GatedListenerFactory>(app.Services.GetServices<IConnectionListenerFactory>().Last());

        // No room is left but for the connection that is being waited for.
        var gate = app.Services.GetRequiredService<ConnectionGate>();
        await app.StartAsync();
        for (var i = 0; i < Refused; i++)
            Assert.True(await gate.WaitForRoomAsync(CancellationToken.None));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(app.Urls.Single()).Port);
        await Eventually.TrueAsync(() => gate.Open == 1, "it is in");
        using var second = new TcpClient();
        await second.ConnectAsync(IPAddress.Loopback, new Uri(app.Urls.Single()).Port);

        // The listener ends all the same.
        await app.StopAsync(CancellationToken.None).WaitAsync(Eventually.Deadline);
    }
}
