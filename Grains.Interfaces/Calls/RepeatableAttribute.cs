namespace Ingestion.Calls;

/// <summary>
/// A grain method that may be carried out twice: it reads, or is idempotent by an id among its arguments. A call whose silo goes is repeated for the
/// caller. Methods with Orleans' <c>[ReadOnly]</c> are repeated without it.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RepeatableAttribute : Attribute;
