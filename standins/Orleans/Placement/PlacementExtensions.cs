using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Orleans.Hosting
{
    public static class PlacementStrategyExtensions
    {
        public static ISiloBuilder AddPlacementDirector<TStrategy, TDirector>(this ISiloBuilder builder)
            where TStrategy : PlacementStrategy, new()
            where TDirector : class, IPlacementDirector
        {
            builder.Services.AddPlacementDirector<TStrategy, TDirector>();
            return builder;
        }

        internal static void AddPlacementDirector<TStrategy, TDirector>(this IServiceCollection services)
            where TStrategy : PlacementStrategy, new()
            where TDirector : class, IPlacementDirector =>
            services.AddKeyedSingleton<IPlacementDirector, TDirector>(typeof(TStrategy));
    }
}

namespace Orleans.Placement
{
    public static class PlacementFilterExtensions
    {
        public static IServiceCollection AddPlacementFilter<TFilter, TDirector>(this IServiceCollection services, ServiceLifetime strategyLifetime)
            where TFilter : PlacementFilterStrategy, new()
            where TDirector : class, IPlacementFilterDirector
        {
            services.TryAdd(new ServiceDescriptor(typeof(TFilter), typeof(TFilter), strategyLifetime));
            return services.AddKeyedSingleton<IPlacementFilterDirector, TDirector>(typeof(TFilter));
        }
    }
}
