using System.Diagnostics.Metrics;
using System.Reflection;
using Ingestion.Grains.Calls;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;

namespace Ingestion.Tests.Unit.Grains;

public sealed class CallRepeatsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    public static TheoryData<Exception, string, bool> Failures => new()
    {
        { new SiloUnavailableException("gone"), nameof(ILibraryGrain.ReadAsync), true },
        { new SiloUnavailableException("gone"), nameof(ILibraryGrain.RemoveAsync), false },
        { Rejection(), nameof(ILibraryGrain.RemoveAsync), true },
        { new InconsistentStateException("changed"), nameof(ILibraryGrain.AddAsync), true },
        { new InconsistentStateException("changed"), nameof(ILibraryGrain.RemoveAsync), false },
        { new OrleansException("No active nodes are compatible with grain library"), nameof(ILibraryGrain.RemoveAsync), true },
        { new OrleansException("Something else"), nameof(ILibraryGrain.ReadAsync), false },
        { new TimeoutException(), nameof(ILibraryGrain.ReadAsync), false },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Call_IsRepeated_OnlyWhenItMayBeCarriedOutTwiceOrNeverWas(Exception failure, string method, bool isRepeated)
    {
        var call = Call.Of(method, failure);
        var act = () => NewRepeats().Invoke(call.Context);
        if (isRepeated)
            await act();
        else
            Assert.Same(failure, await Assert.ThrowsAnyAsync<Exception>(act));
        Assert.Equal(isRepeated ? 2 : 1, call.Times);
        Assert.Equal(0, call.Known);
    }

    /// <summary>The grain moves by a call that the silo of the release before knows.</summary>
    [Fact]
    public async Task Grain_IsMovedFirst_WhenItsSiloDoesNotKnowTheMethod()
    {
        var call = Call.Of(nameof(ILibraryGrain.ReadAsync), new TypeLoadException());
        await NewRepeats().Invoke(call.Context);
        Assert.Equal((2, 1), (call.Times, call.Known));
    }

    private CallRepeats NewRepeats() =>
        new(new CallMetrics(_services.GetRequiredService<IMeterFactory>()), TimeProvider.System, NullLogger<CallRepeats>.Instance);

    /// <summary>As a silo that stops sends it. Only Orleans can make one.</summary>
    private static OrleansMessageRejectionException Rejection() => (OrleansMessageRejectionException)Activator.CreateInstance(
        typeof(OrleansMessageRejectionException), BindingFlags.Instance | BindingFlags.NonPublic, binder: null, ["Silo stopping"], culture: null)!;

    /// <summary>A call of a library that fails the first time.</summary>
    private sealed class Call
    {
        private Call(MethodInfo method, Exception failure)
        {
            var library = Answering<ILibraryGrain>(_ => Counted());
            Context = Answering<IOutgoingGrainCallContext>(member => member switch
            {
                "Invoke" => Times++ == 0 ? Task.FromException(failure) : Task.CompletedTask,
                "get_InterfaceMethod" => method,
                "get_Grain" => library,
                "get_TargetId" => GrainId.Create("library", "alice"),
                "get_MethodName" => method.Name,
                _ => throw new NotSupportedException(member),
            });
        }

        public IOutgoingGrainCallContext Context { get; }

        public int Times { get; private set; }

        public int Known { get; private set; }

        public static Call Of(string method, Exception failure) => new(typeof(ILibraryGrain).GetMethod(method)!, failure);

        private Task<LibraryPage> Counted()
        {
            Known++;
            return Task.FromResult(new LibraryPage([], null));
        }
    }

    private static T Answering<T>(Func<string, object?> answer)
        where T : class
    {
        var made = DispatchProxy.Create<T, Answers>();
        ((Answers)(object)made).Answer = answer;
        return made;
    }

    /// <summary>Any interface, by a function of the member's name.</summary>
    public class Answers : DispatchProxy
    {
        internal Func<string, object?> Answer { get; set; } = _ => null;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Answer(targetMethod!.Name);
    }
}
