using System.Globalization;
using Orleans.Runtime;

namespace Orleans;

/// <summary>The grain type's name; without it the class name in lower case, less "grain".</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class GrainTypeAttribute(string grainType) : Attribute
{
    internal GrainType GrainType { get; } = GrainType.Create(grainType);
}

/// <summary>The activation is never collected for being idle.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KeepAliveAttribute : Attribute;

/// <summary>How long an activation of this class may be idle.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CollectionAgeLimitAttribute : Attribute
{
    private const double MinMinutes = 1;

    public double Minutes { get; set; }

    internal TimeSpan AgeLimit => TimeSpan.FromMinutes(Math.Max(Minutes, MinMinutes));
}

/// <summary>How long a caller waits for this method's answer.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ResponseTimeoutAttribute(string timeout) : Attribute
{
    internal TimeSpan Timeout { get; } = TimeSpan.Parse(timeout, CultureInfo.InvariantCulture);
}
