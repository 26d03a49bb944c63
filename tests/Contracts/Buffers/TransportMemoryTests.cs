using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using Ingestion.Backends.Buffers;
using Ingestion.Connections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Ingestion.Tests.Contracts.Buffers;

public sealed class TransportMemoryTests : IDisposable
{
    // More than one block: the server sends several at once.
    private static readonly byte[] _large = RandomNumberGenerator.GetBytes(10 * TransportMemory.BlockSize);

    private readonly TempFolder _folder = new();
    private readonly MemoryPool<byte> _pool = new TransportMemory(new ManualTime()).Create();

    public void Dispose()
    {
        _pool.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Block_GoesToTheNextReservation_WhenReturnedHoweverOften()
    {
        var first = _pool.Rent();
        first.Memory.Span[0] = 7;
        first.Dispose();
        first.Dispose();
        using var second = _pool.Rent();
        using var third = _pool.Rent();
        Assert.Equal(7, second.Memory.Span[0]);
        Assert.False(second.Memory.Span == third.Memory.Span, "One block was lent twice.");
        Assert.Throws<ObjectDisposedException>(() => first.Memory);
    }

    [Fact]
    public void NothingLargerThanABlock_CanBeRented()
    {
        using var whole = _pool.Rent(_pool.MaxBufferSize);
        Assert.Equal(TransportMemory.BlockSize, whole.Memory.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => _pool.Rent(_pool.MaxBufferSize + 1));
    }

    [Fact]
    public void Block_IsSmall_WhereAWriterAsksForIt()
    {
        using (SmallBlocks.For(SmallBlocks.Size))
        {
            using var small = _pool.Rent(SmallBlocks.Size);
            Assert.Equal(SmallBlocks.Size, small.Memory.Length);
            using (SmallBlocks.For(SmallBlocks.Size + 1))
            {
                using var inner = _pool.Rent();
                Assert.Equal(SmallBlocks.Size, inner.Memory.Length);
            }

            using var large = _pool.Rent(SmallBlocks.Size + 1);
            Assert.Equal(TransportMemory.BlockSize, large.Memory.Length);
        }

        using (SmallBlocks.For(SmallBlocks.Size + 1))
        {
            using var block = _pool.Rent();
            Assert.Equal(TransportMemory.BlockSize, block.Memory.Length);
        }
    }

    [Fact]
    public async Task Server_UsesItBothWays_WhenTheBuffersAreRegistered()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddUploadBuffers(_folder.Path, _ => { });
        await using var app = builder.Build();
        app.MapGet("/pool", (HttpContext context) => $"{context.Features.Get<IMemoryPoolFeature>()!.MemoryPool.MaxBufferSize}");
        app.MapGet("/large", () => Results.Bytes(_large));
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        Assert.Equal($"{TransportMemory.BlockSize}", await http.GetStringAsync(new Uri("/pool", UriKind.Relative)));
        Assert.Equal(_large, await http.GetByteArrayAsync(new Uri("/large", UriKind.Relative)));
    }
}
