using Ingestion.Grains.Silos.Shedding;
using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Silos.Shedding;

public class ActivationTableTests
{
    // More than two pages and several sizes of the hash.
    private const int Many = 6000;

    [Fact]
    public void Members_AreFoundUntilTheyAreRemoved_InAnyHistory() => Histories.Check(10, random =>
    {
        var table = new ActivationTable();
        var members = new List<object>();
        var gone = new List<object>();
        foreach (var growing in (bool[])[true, false, true, false])
        {
            for (var step = 0; step < Many; step++)
            {
                if (random.Next(10) < (growing ? 8 : 2))
                    members.Add(Added(table));
                else if (members.Count > 0)
                    gone.Add(Removed(table, members, random));
            }

            Assert.Equal(members.Count, table.Count);
            Assert.All(members, member => Assert.Same(member, table[table.Find(member)].Member));
            Assert.All(gone, member => Assert.Equal(ActivationTable.None, table.Find(member)));
        }
    });

    [Fact]
    public void Table_GivesMemoryBack_WhenMembersHaveGone()
    {
        var table = new ActivationTable();
        var members = Enumerable.Range(0, 20 * Many).Select(_ => Added(table)).ToList();
        Assert.InRange(table.Capacity, members.Count, 2 * members.Count);
        foreach (var member in members)
            table.Remove(table.Find(member));
        Assert.Equal(0, table.Count);
        // Two pages of 2,048.
        Assert.InRange(table.Capacity, 0, 4096);
    }

    private static object Added(ActivationTable table)
    {
        var member = new object();
        table.Add(member);
        return member;
    }

    private static object Removed(ActivationTable table, List<object> members, Random random)
    {
        var place = random.Next(members.Count);
        var member = members[place];
        table.Remove(table.Find(member));
        members.RemoveAt(place);
        return member;
    }
}
