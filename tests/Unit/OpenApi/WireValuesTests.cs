using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Ingestion.Api.Status.Events;
using Ingestion.Api.Videos;
using Ingestion.Status;
using Ingestion.Videos;
using Ingestion.Webhooks;

namespace Ingestion.Tests.Unit.OpenApi;

/// <summary>The closed lists of values in the API document match the sent ones.</summary>
public class WireValuesTests
{
    private static readonly string[] _states = [.. Enum.GetValues<VideoStatus>().Select(status => status.WireName)];

    [Fact]
    public void EveryStatusOfAVideoIsListed_WhenThereIsOne() => Assert.Equal(_states, ValuesOf<VideoJson>(nameof(VideoJson.Status)));

    [Fact]
    public void EveryStateOfAnEventIsListed_WhenThereIsOne() => Assert.Equal(_states, ValuesOf<EventDataShape>(nameof(EventDataShape.State)));

    [Fact]
    public void EveryTypeOfEventIsListed_WhenThereIsOne()
    {
        var progress = new[] { VideoStatus.Receiving, VideoStatus.Processing }.Select(
            status => new StatusEvent("", "", status, default).TypeOf(StatusPriority.Progress));
        Assert.Equal(WebhookEvents.All.Concat(progress).Order(StringComparer.Ordinal), ValuesOf<CloudEventShape>(nameof(CloudEventShape.Type))
            .Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> ValuesOf<T>(string property) =>
        typeof(T).GetProperty(property)!.GetCustomAttribute<AllowedValuesAttribute>()!.Values.Cast<string>();
}
