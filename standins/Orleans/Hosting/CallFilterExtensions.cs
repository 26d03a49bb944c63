using Microsoft.Extensions.DependencyInjection;

namespace Orleans.Hosting;

/// <summary>Filters around every call of a silo, in the order in which they are added.</summary>
public static class GrainCallFilterSiloBuilderExtensions
{
    public static ISiloBuilder AddIncomingGrainCallFilter<TImplementation>(this ISiloBuilder builder) where TImplementation : class, IIncomingGrainCallFilter
    {
        builder.Services.AddSingleton<IIncomingGrainCallFilter, TImplementation>();
        return builder;
    }

    public static ISiloBuilder AddOutgoingGrainCallFilter(this ISiloBuilder builder, IOutgoingGrainCallFilter filter)
    {
        builder.Services.AddSingleton(filter);
        return builder;
    }
}

public static class ClientBuilderGrainCallFilterExtensions
{
    public static IClientBuilder AddOutgoingGrainCallFilter(this IClientBuilder builder, IOutgoingGrainCallFilter filter)
    {
        builder.Services.AddSingleton(filter);
        return builder;
    }
}
