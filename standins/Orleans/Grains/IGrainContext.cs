namespace Orleans.Runtime;

/// <summary>An activation, or what stands for one.</summary>
public interface IGrainContext
{
    GrainId GrainId { get; }

    internal GrainReference GrainReference { get; }

    internal object? GrainInstance { get; }

    internal IServiceProvider ActivationServices { get; }

    internal IGrainLifecycle ObservableLifecycle { get; }

    internal object? GetComponent(Type componentType);

    internal void SetComponent<TComponent>(TComponent? value) where TComponent : class;

    /// <summary>Starts the end of the activation and returns; running calls end first.</summary>
    internal void Deactivate(DeactivationReason deactivationReason);

    internal void Migrate(Dictionary<string, object>? requestContext);
}

internal static class GrainContextComponentExtensions
{
    public static TComponent? GetComponent<TComponent>(this IGrainContext context) where TComponent : class =>
        (TComponent?)context.GetComponent(typeof(TComponent));
}
