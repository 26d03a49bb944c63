namespace Ingestion.Dashboards;

/// <summary>What one panel shows.</summary>
/// <param name="Title">The quantity.</param>
/// <param name="Help">What it means, and from which value on it is bad.</param>
/// <param name="Unit">One of <see cref="Units"/>.</param>
/// <param name="Queries">What is drawn.</param>
internal abstract record Panel(string Title, string Help, string Unit, IReadOnlyList<Query> Queries)
{
    /// <summary>From here on it is yellow.</summary>
    public double? Warning { get; init; }

    /// <summary>From here on it is red. In a graph it is a line: the threshold of an alert.</summary>
    public double? Limit { get; init; }
}

/// <summary>Lines over time.</summary>
internal sealed record Graph(string Title, string Help, string Unit, params IReadOnlyList<Query> Queries) : Panel(Title, Help, Unit, Queries)
{
    /// <summary>Whether the lines are parts of a sum.</summary>
    public bool Stacked { get; init; }

    /// <summary>Whether values below 0 say something.</summary>
    public bool Signed { get; init; }
}

/// <summary>One number, in the colour of its state.</summary>
internal sealed record Number(string Title, string Help, string Unit, Query Query) : Panel(Title, Help, Unit, [Query]);

/// <summary>States over time, one line for each silo. Of the names the first one is that of the value 0.</summary>
internal sealed record States(string Title, string Help, IReadOnlyList<State> Names, Query Query) : Panel(Title, Help, Units.None, [Query]);

/// <summary>The series of now: those of their labels that are columns, in that order.</summary>
internal sealed record Table(string Title, string Help, IReadOnlyList<string> Columns, Query Query) : Panel(Title, Help, Units.None, [Query]);

/// <summary>What a value means.</summary>
/// <param name="Name">The word.</param>
/// <param name="Colour">A colour of Grafana.</param>
internal sealed record State(string Name, string Colour);
